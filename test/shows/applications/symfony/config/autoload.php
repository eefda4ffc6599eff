<?php

// Debian's packages of Symfony bring a loader for each component; the application's own classes stand in src.
require_once '/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php';
require_once '/usr/share/php/Symfony/Component/Dotenv/autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = dirname(__DIR__).'/src/'.strtr(substr($class, 4), '\\', '/').'.php';
    if (str_starts_with($class, 'App\\') && is_file($file)) {
        require $file;
    }
});

(new Symfony\Component\Dotenv\Dotenv())->bootEnv(dirname(__DIR__).'/.env');
