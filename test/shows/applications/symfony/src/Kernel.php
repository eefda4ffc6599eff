<?php

namespace App;

use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\Dotenv\Command\DotenvDumpCommand;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

final class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    public function getProjectDir(): string
    {
        return dirname(__DIR__);
    }

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', [
            'secret' => '%env(APP_SECRET)%',
            'http_method_override' => false,
            'annotations' => false,
            'router' => ['utf8' => true],
            'php_errors' => ['log' => true],
        ]);
        $services = $container->services()->defaults()->autowire()->autoconfigure();
        $services->set(DotenvDumpCommand::class);
        $services->set(ReleasePage::class)->public()->arg('$project', '%kernel.project_dir%')->arg('$secret', '%env(APP_SECRET)%');
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('release', '/')->controller(ReleasePage::class);
    }
}
