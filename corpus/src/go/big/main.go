// Arithmetic: math/big, math, bits, complex, elliptic curves, RSA-sized powers, random numbers from a seed, image encoding.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand"
)

func pi(digits int) string {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits+10)), nil)
	arctan := func(x int64) *big.Int {
		sum, power, x2 := new(big.Int), new(big.Int).Div(unit, big.NewInt(x)), big.NewInt(x*x)
		for n := int64(1); power.Sign() != 0; n += 2 {
			term := new(big.Int).Div(power, big.NewInt(n))
			if n%4 == 1 {
				sum.Add(sum, term)
			} else {
				sum.Sub(sum, term)
			}
			power.Div(power, x2)
		}
		return sum
	}
	a := arctan(5)
	a.Mul(a, big.NewInt(16)).Sub(a, new(big.Int).Mul(arctan(239), big.NewInt(4)))
	return a.String()[:digits]
}

func powers() {
	p, _ := new(big.Int).SetString("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff", 16)
	x := new(big.Int).Exp(big.NewInt(3), new(big.Int).Sub(p, big.NewInt(2)), p)
	fmt.Println(x.Text(36), new(big.Int).ModInverse(big.NewInt(3), p).Cmp(x), p.ProbablyPrime(2))
	r := new(big.Rat).SetFrac64(355, 113)
	fmt.Println(r.Mul(r, r).FloatString(30), new(big.Float).SetPrec(200).Sqrt(big.NewFloat(2)))
}

func floats() {
	sum := 0.0
	for i := 1; i < 200000; i++ {
		x := float64(i) / 1000
		sum += math.Sin(x)*math.Exp(-x) + math.Log1p(x) + math.Cbrt(x) + math.FMA(x, x, -x) + math.Mod(x, 0.7) + math.Float64frombits(math.Float64bits(x)&^1)
	}
	fmt.Println(sum, math.Inf(1), math.NaN(), math.MaxInt64, cmplx.Sqrt(-2+3i), cmplx.Pow(1i, 1.5+2i))
	hi, lo := bits.Mul64(1<<63+5, 1<<62+7)
	q, rem := bits.Div64(hi%1000, lo, 1001)
	fmt.Println(hi, lo, q, rem, bits.OnesCount64(lo), bits.LeadingZeros32(77), bits.Reverse16(3), bits.RotateLeft8(129, 3))
	fmt.Println(int8(int32(sum)), uint32(int64(-sum)), int64(float32(sum)), uint8(300&int(sum)), -7/2, -7%3, uint64(1)<<63>>62)
}

func digests(data []byte) {
	fmt.Println(hex.EncodeToString(md5.New().Sum(nil)), fmt.Sprintf("%x", sha1.Sum(data)), fmt.Sprintf("%x", sha512.Sum512(data))[:40])
	h := fnv.New64a()
	h.Write(data)
	fmt.Println(crc32.ChecksumIEEE(data), adler32.Checksum(data), h.Sum64())
	block, _ := aes.NewCipher(data[:32])
	out := make([]byte, len(data))
	cipher.NewCTR(block, data[32:48]).XORKeyStream(out, data)
	gcm, _ := cipher.NewGCM(block)
	sealed := gcm.Seal(nil, data[:12], out[:1000], data[:20])
	_, err := gcm.Open(nil, data[:12], append(sealed[:5:5], sealed[6:]...), nil)
	fmt.Println(crc32.ChecksumIEEE(out), crc32.ChecksumIEEE(sealed), err)
}

func picture(r *rand.Rand) {
	m := image.NewNRGBA(image.Rect(0, 0, 160, 120))
	for i := range m.Pix {
		m.Pix[i] = byte(i*7) ^ byte(r.Intn(16))
	}
	m.Set(5, 5, color.YCbCr{100, 50, 200})
	var out bytes.Buffer
	png.Encode(&out, m)
	back, err := png.Decode(&out)
	fmt.Println(back.Bounds(), back.At(5, 5), err)
}

func main() {
	fmt.Println(pi(1500)[1480:])
	powers()
	floats()
	r := rand.New(rand.NewSource(42))
	data := make([]byte, 300000)
	r.Read(data)
	digests(data)
	picture(r)
	fmt.Println(r.Perm(10), r.NormFloat64(), r.Int63())
}
