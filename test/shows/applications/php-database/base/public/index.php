<?php

// Says which release answers, by two files that it loads one after the other, and writes and reads the database meanwhile.
$root = dirname(__DIR__);
$release = basename($root);
header('Content-Type: text/plain');
header("X-Release: $release");

$one = require "$root/release/one.php";
require "$root/src/notes.php";
$database = require "$root/src/database.php";

$text = bin2hex(random_bytes(8));
$id = write_note($database, $text);
if (read_note($database, $id) !== $text || unreadable_notes($database, $id) > 0) {
    http_response_code(500);
    exit("notes of this or another release cannot be read\n");
}

$two = require "$root/release/two.php";
echo "$one $two $release\n";
