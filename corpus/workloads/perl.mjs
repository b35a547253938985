// Perl 5: programs with hashes, sorting, expressions, closures, objects, formatting, and big numbers in strings. The binding is told
// where its module is, as it would look beside its bundle.
import fs from 'node:fs';
import { workload } from '../lib/workload.mjs';

const program = (n) => `
use strict; use warnings;
my $seed = ${n};
sub noise { $seed = ($seed * 1103515245 + 12345) % 2147483648; return $seed }
my @numbers = map { noise() % 10007 } 1 .. 3000;
print join(',', (sort { $a <=> $b || $b cmp $a } @numbers)[0 .. 20]), "\\n";
my %words;
$words{sprintf 'w%03d', noise() % 97}++ for 1 .. 20000;
print join(' ', map { "$_=$words{$_}" } (sort { $words{$b} <=> $words{$a} || $a cmp $b } keys %words)[0 .. 9]), "\\n";
my $text = join ' ', map { "item$_ <" . ($_ * 7 % 13) . "\\@host$_.example>" } 1 .. 400;
my $count = 0;
while ($text =~ /(\\w+)\\s<(\\d+)\\@([a-z]+)(\\d+)\\.example>/g) { $count += $2 * $4 }
(my $other = $text) =~ s/(\\d+)/'#' . ($1 + 1)/ge;
print "$count ", length $other, ' ', substr($other, 0, 40), "\\n";
sub sieve { my ($n) = @_; my $flags = "\\0" x $n; my @primes;
  for my $i (2 .. $n - 1) { next if vec $flags, $i, 8; push @primes, $i; for (my $k = $i * $i; $k < $n; $k += $i) { vec($flags, $k, 8) = 1 } }
  return @primes }
print scalar(sieve(20000)), "\\n";
{ package Node; sub new { my ($class, $key) = @_; return bless { key => $key }, $class }
  sub add { my ($self, $key) = @_; my $side = $key < $self->{key} ? 'left' : 'right';
    if ($self->{$side}) { $self->{$side}->add($key) } else { $self->{$side} = Node->new($key) } }
  sub walk { my ($self) = @_; return ($self->{left} ? $self->{left}->walk : (), $self->{key}, $self->{right} ? $self->{right}->walk : ()) } }
my $root = Node->new(5000); $root->add($_) for @numbers[0 .. 499];
print join(' ', ($root->walk)[0 .. 30]), "\\n";
my @closures = map { my $k = $_; sub { return $k * $_[0] + $k } } 1 .. 10;
print join(' ', map { $closures[$_]->($_) } 0 .. 9), "\\n";
printf "%.6f|%-8s|%08x|%e|%s\\n", atan2(1, 1) * 4, 'ab', 48879, 1 / 3, 2 ** 0.5;
eval { die { code => 42 } }; print "caught $@->{code}\\n";
print join(',', unpack('A2 N n', pack('A2 N n', 'xy', 305419896, 4660))), ' ', lc('ABC') . uc('def') . ucfirst reverse('olleh'), "\\n";
my @digits = (1); for my $f (2 .. 120) { my $carry = 0; for (@digits) { my $v = $_ * $f + $carry; $_ = $v % 10; $carry = int($v / 10) }
  while ($carry) { push @digits, $carry % 10; $carry = int($carry / 10) } }
print join('', reverse @digits), "\\n";
`;

await workload('perl', async ({ load, bytes, print, scale }) => {
  const lines = [];
  const { ZeroPerl } = await load('dist/esm/index.js');
  const fetch = async () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
  const out = (data) => lines.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
  const perl = await ZeroPerl.create({ fetch, stdout: out, stderr: out });
  return async () => {
    for (let i = 0; i < Math.max(1, 4 * scale); i++) {
      const result = await perl.eval(program(i + 1));
      perl.flush();
      if (!result.success) throw new Error(result.error);
    }
    print('output', lines.join(''));
    perl.dispose();
  };
});
