<?php

namespace App;

use Symfony\Component\HttpKernel\Bundle\Bundle;

/** Has public files of its own, which `assets:install` copies. */
final class ShopBundle extends Bundle
{
}
