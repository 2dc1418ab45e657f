isobox_guest::commands! {
    freeze: (),
    "probe" => |_| 0,
}
