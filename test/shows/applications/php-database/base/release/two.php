<?php

return "@RELEASE@";
