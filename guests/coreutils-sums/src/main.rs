//! Checksums, and binary data as text.

isobox_guest::commands! {
    freeze: uutils_family::freeze("sums"),
    "b2sum" => uu_b2sum::uumain,
    "base32" => uu_base32::uumain,
    "base64" => uu_base64::uumain,
    "basenc" => uu_basenc::uumain,
    "cksum" => uu_cksum::uumain,
    "md5sum" => uu_md5sum::uumain,
    "sha1sum" => uu_sha1sum::uumain,
    "sha224sum" => uu_sha224sum::uumain,
    "sha256sum" => uu_sha256sum::uumain,
    "sha384sum" => uu_sha384sum::uumain,
    "sha512sum" => uu_sha512sum::uumain,
    "sum" => uu_sum::uumain,
}
