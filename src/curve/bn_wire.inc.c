/* SPDX-License-Identifier: Apache-2.0
 * The named encodings of BN254: contracts in bn_wire.h. */

/* EIP-196 and EIP-197; gnark-crypto ecc/bn254/marshal.go; ark-serialize. */
static const wire_form eip196 = {.fp_bytes = 32, .is_imaginary_first = true, .has_both = true};

static const wire_form gnark = {
    .fp_bytes = 32,
    .is_imaginary_first = true,
    .has_compressed = true,
    .has_both = true,
    .mask = 0xc0,
    .smaller = 0x80,
    .larger = 0xc0,
    .infinity = 0x40,
};

static const wire_form ark = {
    .fp_bytes = 32,
    .is_little_endian = true,
    .has_compressed = true,
    .mask = 0xc0,
    .smaller = 0x00,
    .larger = 0x80,
    .infinity = 0x40,
};

KW_DECODERS(eip196)
KW_DECODERS(gnark)
KW_DECODERS(ark)
KW_ENCODERS(eip196, eip196, false, both)
KW_ENCODERS(gnark, gnark, true, bytes)
KW_ENCODERS(gnark_both, gnark, false, both)
KW_ENCODERS(ark, ark, true, bytes)
