// PHP: classes, closures, generators, regular expressions, sorting, JSON, dates, exceptions and strings.
import { workload } from '../lib/workload.mjs';

const program = (n) => `<?php
interface Shape { function area(): float; }
abstract class Base implements Shape, JsonSerializable { function __construct(protected string $name) {} function jsonSerialize(): mixed { return [$this->name => round($this->area(), 3)]; } }
final class Circle extends Base { function __construct(private float $r) { parent::__construct('circle'); } function area(): float { return M_PI * $this->r ** 2; } }
class Box extends Base { function __construct(private float $a, private float $b) { parent::__construct('box'); } function area(): float { return $this->a * $this->b; } }
function primes(int $n) { for ($i = 2; $i < $n; $i++) { for ($j = 2; $j * $j <= $i; $j++) if ($i % $j == 0) continue 2; yield $i => $i * $i; } }
$shapes = []; for ($i = 1; $i <= ${n}; $i++) $shapes[] = $i % 2 ? new Circle($i) : new Box($i, $i + .5);
usort($shapes, fn($a, $b) => $b->area() <=> $a->area());
echo json_encode($shapes, JSON_PRETTY_PRINT), "\\n", array_sum(iterator_to_array(primes(${n} * 20))), "\\n";
$text = str_repeat('The quick brown fox, jumps over 13 lazy dogs; ', ${n});
echo preg_match_all('/\\b(\\w)(\\w*)\\b/u', $text, $m), ' ', preg_replace_callback('/(\\d+)|(o\\w)/', fn($m) => strtoupper($m[0]) . strlen($m[0]), substr($text, 0, 60)), "\\n";
print_r(array_slice(array_count_values(str_word_count(strtolower($text), 1)), 0, 4)); echo md5($text), ' ', crc32($text), ' ', hash('sha256', $text), "\\n";
try { try { intdiv(1, 0); } catch (DivisionByZeroError $e) { throw new RuntimeException('inner', 3, $e); } finally { echo "finally\\n"; } } catch (Exception $e) { echo get_class($e), $e->getCode(), $e->getPrevious()->getMessage(), "\\n"; }
echo match(true) { ${n} > 40 => 'many', ${n} > 10 => 'some', default => 'few' }, ' ', sprintf('%05.2f|%-8s|%x|%e', ${n} / 7, 'ab', ${n}, ${n} * 1e10), ' ', (new DateTime('2020-02-28 UTC'))->modify('+${n} days')->format(DATE_ATOM), "\\n";
$grid = array_fill(0, 30, array_fill(0, 30, 0)); for ($k = 0; $k < ${n}; $k++) for ($y = 0; $y < 30; $y++) for ($x = 0; $x < 30; $x++) $grid[$y][$x] = ($grid[($y + 29) % 30][$x] * 3 + $grid[$y][($x + 1) % 30] + $x ^ $k) & 255;
echo crc32(serialize($grid)), ' ', implode(',', array_map(null, array_unique($grid[7]))), "\\n"; var_dump(unserialize(serialize(['a' => [1, 2.5, null, true]])));
`;

await workload('php', async ({ load, print, scale }) => {
  const { init } = await load('jspi/php_8_3.js');
  const chunks = [], take = (bytes) => chunks.push(Buffer.from(bytes));
  const php = await new Promise((resolve, reject) => {
    const module = init('NODE', { debug: false, processId: 1, locateFile: (file) => file, onStdout: take, onStderr: take, onAbort: reject, quit: (_, exit) => { throw exit; }, onRuntimeInitialized: () => resolve(module) });
  });
  return async () => {
    php.FS.writeFile('/work.php', program(Math.max(1, 100 * scale)));
    for (const arg of ['php', '-n', '-d', 'memory_limit=256M', '/work.php']) php.ccall('wasm_add_cli_arg', null, ['string'], [arg]);
    const exit = await php.ccall('run_cli', 'number', [], [], { async: true }).catch((thrown) => thrown);
    print('ends with', String(exit?.status ?? exit));
    print('says', Buffer.concat(chunks).toString());
  };
});
