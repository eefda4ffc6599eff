<?php

// The file that names the database is written by the deployment.
$database = new PDO(require dirname(__DIR__).'/config/database.php');
$database->exec('PRAGMA busy_timeout = 20000');
$database->exec('PRAGMA journal_mode = WAL');

return $database;
