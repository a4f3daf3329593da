"""Plain arithmetic of BLS12-381 and BN254 for the generators of code: integers, pairs for
Fp2 = Fp[u] / (u^2 + 1), affine points with None for infinity. Slow and obvious on purpose."""


class Field:
    """Fp with integers as elements."""

    zero, one = 0, 1

    def __init__(self, p):
        self.p = p

    def add(self, a, b):
        return (a + b) % self.p

    def sub(self, a, b):
        return (a - b) % self.p

    def mul(self, a, b):
        return a * b % self.p

    def inv(self, a):
        return pow(a, -1, self.p)

    def power(self, a, e):
        return pow(a, e, self.p)


class Quadratic:
    """Fp2 with pairs (c0, c1) as elements."""

    zero, one = (0, 0), (1, 0)

    def __init__(self, p):
        self.p = p

    def add(self, a, b):
        return ((a[0] + b[0]) % self.p, (a[1] + b[1]) % self.p)

    def sub(self, a, b):
        return ((a[0] - b[0]) % self.p, (a[1] - b[1]) % self.p)

    def mul(self, a, b):
        return (
            (a[0] * b[0] - a[1] * b[1]) % self.p,
            (a[0] * b[1] + a[1] * b[0]) % self.p,
        )

    def inv(self, a):
        n = pow(a[0] * a[0] + a[1] * a[1], -1, self.p)
        return (a[0] * n % self.p, -a[1] * n % self.p)

    def conjugate(self, a):
        return (a[0], -a[1] % self.p)

    def power(self, a, e):
        if e < 0:
            return self.power(self.inv(a), -e)
        result = self.one
        for bit in bin(e)[2:]:
            result = self.mul(result, result)
            if bit == "1":
                result = self.mul(result, a)
        return result


class Group:
    """Points of y^2 = x^3 + a x + b over a field."""

    def __init__(self, field, b, a=None):
        self.field, self.b = field, b
        self.a = field.zero if a is None else a

    def has(self, point):
        f = self.field
        x, y = point
        right = f.add(f.mul(f.add(f.mul(x, x), self.a), x), self.b)
        return f.mul(y, y) == right

    def neg(self, point):
        return None if point is None else (point[0], self.field.sub(self.field.zero, point[1]))

    def add(self, one, two):
        f = self.field
        if one is None or two is None:
            return two if one is None else one
        if one[0] == two[0]:
            if f.add(one[1], two[1]) == f.zero:
                return None
            square = f.mul(one[0], one[0])
            rise = f.add(f.add(f.add(square, square), square), self.a)
            slope = f.mul(rise, f.inv(f.add(one[1], one[1])))
        else:
            slope = f.mul(f.sub(two[1], one[1]), f.inv(f.sub(two[0], one[0])))
        x = f.sub(f.sub(f.mul(slope, slope), one[0]), two[0])
        return (x, f.sub(f.mul(slope, f.sub(one[0], x)), one[1]))

    def mul(self, point, k):
        if k < 0:
            return self.mul(self.neg(point), -k)
        result = None
        for bit in bin(k)[2:]:
            result = self.add(result, result)
            if bit == "1":
                result = self.add(result, point)
        return result


class Curve:
    """One of the two pairing curves: everything follows from x, b, xi and the kind of twist."""

    def __init__(self, name, x, is_bls, b, xi, g1, g2):
        self.name, self.x, self.is_bls, self.xi = name, x, is_bls, xi
        if is_bls:
            self.r = x**4 - x**2 + 1
            self.p = (x - 1) ** 2 * self.r // 3 + x
        else:
            self.r = 36 * x**4 + 36 * x**3 + 18 * x**2 + 6 * x + 1
            self.p = 36 * x**4 + 36 * x**3 + 24 * x**2 + 6 * x + 1
        self.fp, self.fp2 = Field(self.p), Quadratic(self.p)
        self.limbs = (self.p.bit_length() + 63) // 64
        twist = self.fp2.mul((b, 0), xi if is_bls else self.fp2.inv(xi))
        self.e1, self.e2 = Group(self.fp, b), Group(self.fp2, twist)
        self.g1, self.g2 = g1, g2
        assert self.e1.has(g1) and self.e1.mul(g1, self.r) is None
        assert self.e2.has(g2) and self.e2.mul(g2, self.r) is None

    def psi(self, point):
        """Untwist, Frobenius, twist."""
        cx, cy = self.psi_factors()
        f = self.fp2
        return (f.mul(f.conjugate(point[0]), cx), f.mul(f.conjugate(point[1]), cy))

    def psi_factors(self):
        sign = -1 if self.is_bls else 1
        return (
            self.fp2.power(self.xi, sign * (self.p - 1) // 3),
            self.fp2.power(self.xi, sign * (self.p - 1) // 2),
        )


BLS_GENERATORS = [
    int(line, 16)
    for line in """
    17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb
    08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1
    024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8
    13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e
    0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801
    0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be
    """.split()
]
BLS = Curve(
    "bls",
    -0xD201000000010000,
    True,
    4,
    (1, 1),
    tuple(BLS_GENERATORS[:2]),
    (tuple(BLS_GENERATORS[2:4]), tuple(BLS_GENERATORS[4:])),
)
BN = Curve(
    "bn",
    0x44E992B44A6909F1,
    False,
    3,
    (9, 1),
    (1, 2),
    (
        (
            0x1800DEEF121F1E76426A00665E5C4479674322D4F75EDADD46DEBD5CD992F6ED,
            0x198E9393920D483A7260BFB731FB5D25F1AA493335A9E71297E485B7AEF312C2,
        ),
        (
            0x12C85EA5DB8C6DEB4AAB71808DCB408FE3D1E7690C43D37B4CE6CC0166FA7DAA,
            0x090689D0585FF075EC9E99AD690C3395BC4B313370B38EF355ACDADCD122975B,
        ),
    ),
)
