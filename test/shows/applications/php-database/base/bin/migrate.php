<?php

// Carries out the migrations that the database lacks. With `pending` it only says by its exit code whether there are any.
$root = dirname(__DIR__);
$database = require "$root/src/database.php";
$database->exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)');
$done = $database->query('SELECT name FROM migrations')->fetchAll(PDO::FETCH_COLUMN);
$files = array_filter(glob("$root/migrations/*.sql"), fn (string $file) => !in_array(basename($file), $done, true));
if (($argv[1] ?? '') === 'pending') {
    exit($files === [] ? 1 : 0);
}
foreach ($files as $file) {
    $database->exec('BEGIN IMMEDIATE');
    $database->exec(file_get_contents($file));
    $database->prepare('INSERT INTO migrations (name) VALUES (?)')->execute([basename($file)]);
    $database->exec('COMMIT');
    echo basename($file), "\n";
}
