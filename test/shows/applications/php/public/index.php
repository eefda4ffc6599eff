<?php

// Says which release answers, by two files that it loads on two ways; a switch may well come between them.
$root = dirname(__DIR__);
$release = basename($root);
header('Content-Type: text/plain');
header("X-Release: $release");

$one = require "$root/release/one.php";
usleep(100_000);
$two = require $_SERVER['DOCUMENT_ROOT'].'/../release/two.php';
echo "$one $two $release\n";
