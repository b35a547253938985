// Small media files of many containers, made byte by byte: headers and tables as the formats want them, noise for the
// coded data. Enough for a program that reads headers; no decoder would be happy.
import zlib from 'node:zlib';
import { prose, randomBytes } from './inputs.mjs';

const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const be = (n, size) => hex(BigInt.asUintN(size * 8, BigInt(n)).toString(16).padStart(size * 2, '0'));
const le = (n, size) => be(n, size).reverse();
const be4 = (...numbers) => Buffer.concat(numbers.map((n) => be(n, 4)));
const le4 = (...numbers) => Buffer.concat(numbers.map((n) => le(n, 4)));
const zeros = (n) => Buffer.alloc(n);
const join = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
const noise = (length, seed) => Buffer.from(randomBytes(length, seed));
const times = (count, make) => join(...Array.from({ length: count }, (_, i) => make(i)));

// RIFF: WAVE and AVI.
const chunk = (id, ...parts) => {
  const body = join(...parts);
  return join(id, le(body.length, 4), body, zeros(body.length & 1));
};
const riff = (kind, ...chunks) => chunk('RIFF', kind, ...chunks);
const list = (kind, ...chunks) => chunk('LIST', kind, ...chunks);
const pcm = () => join(le(1, 2), le(2, 2), le4(44100, 176400), le(4, 2), le(16, 2));

const wave = () => riff('WAVE', chunk('fmt ', pcm()), chunk('bext', Buffer.alloc(602, 65)),
  list('INFO', chunk('INAM', 'A title\0'), chunk('ISFT', 'made up\0')), chunk('data', noise(88200, 1)));

const aviHeader = () => list('hdrl',
  chunk('avih', le4(33333, 1e6, 0, 16, 30, 0, 2, 0, 320, 240, 0, 0, 0, 0)),
  list('strl', chunk('strh', 'vidsXVID', le4(0, 0, 0, 1, 30, 0, 30, 0, 0xffffffff, 0, 0, 0)),
    chunk('strf', le4(40, 320, 240), le(1, 2), le(24, 2), 'XVID', zeros(20))),
  list('strl', chunk('strh', 'auds', le4(1, 0, 0, 0, 4, 176400, 0, 44100, 0, 0, 4, 0, 0)), chunk('strf', pcm())));

const avi = () => riff('AVI ', aviHeader(),
  list('movi', times(30, (i) => join(chunk('00dc', be(0x1b6, 4), noise(300, i + 2)), chunk('01wb', noise(588, i + 50))))),
  chunk('idx1', zeros(960)));

// ISO base media: MP4.
const box = (kind, ...parts) => {
  const body = join(...parts);
  return join(be(body.length + 8, 4), kind, body);
};
const full = (kind, ...parts) => box(kind, be(0, 4), ...parts);

const trackHeader = (id, width, height) => box('tkhd', be(7, 4), be4(0, 0, id, 0, 30000, 0, 0), zeros(8), be(0x10000, 4),
  zeros(12), be(0x10000, 4), zeros(12), be4(0x40000000, width * 65536, height * 65536));

const sampleTables = (count, size) => [full('stts', be4(1, count, 1000)), full('stsc', be4(1, 1, count, 1)),
  full('stsz', be4(size, count)), full('stco', be4(1, 48))];

const media = (handler, scale, entry, count, size) => box('mdia',
  full('mdhd', be4(0, 0, scale, scale), be(0x55c4, 2), be(0, 2)),
  full('hdlr', be(0, 4), handler, zeros(12), 'handler\0'),
  box('minf', handler === 'vide' ? box('vmhd', zeros(12)) : box('smhd', zeros(8)),
    box('stbl', full('stsd', be(1, 4), entry), ...sampleTables(count, size))));

const avcEntry = () => box('avc1', zeros(6), be(1, 2), zeros(16), be(640, 2), be(360, 2), be4(0x480000, 0x480000, 0), be(1, 2),
  zeros(32), be(24, 2), be(0xffff, 2),
  box('avcC', hex('0164001effe100186764001eacd940a02ff970110000030001000003003c8f162d9601000668ebe3cb22c0')),
  box('pasp', be4(4, 3)));

const aacEntry = () => box('mp4a', zeros(6), be(1, 2), zeros(8), be(2, 2), be(16, 2), be(0, 4), be(48000 * 65536, 4),
  full('esds', hex('031900010004114015000000000000000001f40005021190060102')));

const mp4Tags = () => box('udta', full('meta', full('hdlr', be(0, 4), 'mdirappl', zeros(9)), box('ilst',
  box('\xa9nam', box('data', be4(1, 0), 'Name')), box('\xa9too', box('data', be4(1, 0), 'tool')))));

const mp4 = () => join(box('ftyp', 'isom', be(512, 4), 'isomiso2avc1mp41'), box('mdat', noise(20000, 7)),
  box('moov', full('mvhd', be4(0, 0, 1000, 30000, 0x10000), zeros(76), be(3, 4)),
    box('trak', trackHeader(1, 640, 360), media('vide', 30000, avcEntry(), 30, 500)),
    box('trak', trackHeader(2, 0, 0), media('soun', 48000, aacEntry(), 46, 100)), mp4Tags()));

// EBML: Matroska. Sizes in their eight-byte form.
const ebml = (id, ...parts) => {
  const body = join(...parts);
  return join(hex(id), be(2n ** 56n + BigInt(body.length), 8), body);
};
const number = (id, n, size = 1) => ebml(id, be(n, size));

const matroskaTracks = () => ebml('1654ae6b',
  ebml('ae', number('d7', 1), number('73c5', 9), number('83', 1), ebml('86', 'V_VP9'), ebml('22b59c', 'eng'), ebml('e0', number('b0', 1280, 2), number('ba', 720, 2))),
  ebml('ae', number('d7', 2), number('73c5', 10), number('83', 2), ebml('86', 'A_OPUS'), ebml('e1', ebml('b5', hex('473b8000')), number('9f', 2))),
  ebml('ae', number('d7', 3), number('73c5', 11), number('83', 17), ebml('86', 'S_TEXT/UTF8')));

const matroska = () => join(ebml('1a45dfa3', ebml('4282', 'matroska'), number('4287', 4), number('4285', 2)), ebml('18538067',
  ebml('1549a966', number('2ad7b1', 1000000, 3), ebml('4489', hex('40f5f90000000000')), ebml('7ba9', 'A title'), ebml('4d80', 'muxer'), ebml('5741', 'writer')),
  matroskaTracks(),
  ebml('1254c367', ebml('7373', ebml('67c8', ebml('45a3', 'ARTIST'), ebml('4487', 'someone')))),
  times(6, (i) => ebml('1f43b675', number('e7', i * 40, 2), ebml('a3', hex('81000080'), noise(400, i + 90)), ebml('a3', hex('82000080'), noise(100, i + 99))))));

// Sound.
const id3 = () => join('ID3', hex('0300 00 0000003c'), 'TIT2', be(7, 4), zeros(3), 'A song', 'TPE1', be(5, 4), zeros(3), 'band', zeros(20));
const mp3 = () => join(id3(), times(60, (i) => join(hex('fffb9064'), noise(413, i + 200))), 'TAG', Buffer.alloc(125, 66));

const flac = () => join('fLaC', be(0, 1), be(34, 3), be(4096, 2), be(4096, 2), be(14, 3), be(9000, 3), hex('0ac442f000015888'), noise(16, 5),
  be(0x84, 1), be(28, 3), le(4, 4), 'tool', le(1, 4), le(12, 4), 'TITLE=A song', hex('fff8c9a8'), noise(9000, 6));

const oggPage = (flags, n, body) => join('OggS', be(0, 1), be(flags, 1), le(n * 960, 8), le4(77, n, 0), be(Math.floor(body.length / 255) + 1, 1),
  Buffer.alloc(Math.floor(body.length / 255), 255), be(body.length % 255, 1), body);
const ogg = () => join(oggPage(2, 0, join('OpusHead', hex('0102'), le(312, 2), le(48000, 4), zeros(3))),
  oggPage(0, 1, join('OpusTags', le(3, 4), 'lib', le(1, 4), le(8, 4), 'ARTIST=x')),
  times(12, (i) => oggPage(i === 11 ? 4 : 0, i + 2, join(be(0xfc, 1), noise(200, i + 300)))));

const aiff = () => join('FORM', be(3654, 4), 'AIFFCOMM', be(18, 4), be(2, 2), be(900, 4), be(16, 2), hex('400eac44000000000000'), 'SSND', be(3608, 4), noise(3608, 12));

// Pictures.
const pngPart = (id, body) => join(be(body.length, 4), id, body, be(zlib.crc32(join(id, body)), 4));
const png = () => join('\x89PNG\r\n\x1a\n', pngPart('IHDR', join(be4(30, 20, 0x08020000), zeros(1))), pngPart('tEXt', join('Author\0me')),
  pngPart('IDAT', zlib.deflateSync(noise(1820, 8))), pngPart('IEND', zeros(0)));
const gif = () => join('GIF89a', le(16, 2), le(16, 2), hex('800000ffffff0000002c000000001000100000020e848fa9cbed0fa39cb4da8bb305003b'));
const bmp = () => join('BM', le4(822, 0, 54, 40, 16, 16), le(1, 2), le(24, 2), zeros(24), noise(768, 9));
const jpeg = () => join(hex('ffd8ffe000104a46494600010100004800480000ffe10022'), 'Exif\0\0MM\0*', be(8, 4), be(1, 2), be(0x10f, 2), be(2, 2), be(4, 4), 'Cam\0', be(0, 4),
  zeros(2), hex('ffc00011080020003003012200021101031101'), noise(500, 10), hex('ffd9'));

// Streams.
const tables = {
  0: hex('0000b00d0001c100000001e1002ab104b2'),
  0x100: hex('0002b0170001c10000e101f0001be101f0000fe102f0002f44b99b'),
};
const transport = () => times(300, (i) => {
  const pid = [0, 0x100, 0x101, 0x1fff][i % 4];
  const body = tables[pid] ?? join(be(0x1e0, 4), be(0, 2), hex('8080052100010001 0000000167640028acd9'), noise(100, i));
  return join(be(0x47, 1), be(0x4000 | pid, 2), be(0x10 | (i >> 2) % 16, 1), body, Buffer.alloc(184, 255)).subarray(0, 188);
});
const flv = () => join('FLV', hex('0105'), be4(9, 0, 0x120000f0), zeros(7), hex('02000a'), 'onMetaData', hex('08 00000001 0008'), 'duration', hex('00 4024000000000000 000009'), noise(900, 14));
const subtitles = () => times(40, (i) => join(`${i + 1}\n00:00:${String(i).padStart(2, '0')},000 --> 00:00:${String(i).padStart(2, '0')},900\nLine ${i}\n\n`));

const makers = {
  wave, avi, mp4, matroska, mp3, flac, ogg, aiff, png, gif, bmp, jpeg, transport, flv, subtitles,
  zip: () => join('PK', hex('0304'), le(20, 2), zeros(22), noise(300, 13)),
  prose: () => join(prose(20000, 15)),
  noise: () => noise(40000, 16),
  empty: () => zeros(0),
};

// -> [[name, bytes]…]
export const mediaFiles = () => Object.entries(makers).map(([name, make]) => [name, make()]);
