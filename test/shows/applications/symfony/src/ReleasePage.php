<?php

namespace App;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** Says which release answers: by two files that it loads one after the other on two ways, and by the folder it lies in. */
final class ReleasePage
{
    public function __construct(private string $project, private string $secret)
    {
    }

    public function __invoke(Request $request): Response
    {
        if ('of-production' !== $this->secret) {
            return new Response('the secret is not the one of production', 500);
        }
        $one = require $this->project.'/release/one.php';
        usleep(2_000);
        $two = require $request->server->get('DOCUMENT_ROOT').'/../release/two.php';
        $release = basename($this->project);

        return new Response("$one $two $release\n", 200, ['Content-Type' => 'text/plain', 'X-Release' => $release]);
    }
}
