package shop;

/** The release as the compiler saw it. */
final class Compiled {
  private Compiled() {}

  static String release() {
    return "@RELEASE@";
  }
}
