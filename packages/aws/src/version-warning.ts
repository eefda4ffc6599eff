const silence = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * The SDK's first client of a process tells on standard error which Node its future versions need. That is no matter of
 * who deploys; the environment is as before when this returns, as nothing else runs in between.
 */
export const withoutVersionWarning = <T>(make: () => T): T => {
  const before = process.env[silence];
  process.env[silence] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[silence];
    else process.env[silence] = before;
  }
};
