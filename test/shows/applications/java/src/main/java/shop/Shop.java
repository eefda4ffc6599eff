package shop;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A page that names its release out of two places, each read for itself. */
public final class Shop {
  private static final String RELEASE = System.getenv("HAWSER_RELEASE");

  public static void main(String[] arguments) {
    var pages = Handlers.path(new BlockingHandler(Shop::page));
    pages.addExactPath("/health", exchange -> exchange.getResponseSender().send("ok " + RELEASE + "\n"));
    GracefulShutdownHandler graceful = Handlers.gracefulShutdown(pages);
    var server =
        Undertow.builder()
            .addHttpListener(Integer.parseInt(arguments[0]), "0.0.0.0")
            .setIoThreads(2)
            .setWorkerThreads(8)
            .setHandler(graceful)
            .build();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server, graceful)));
    server.start();
  }

  private static void page(HttpServerExchange exchange) throws IOException {
    exchange.getResponseHeaders().put(new HttpString("X-Release"), RELEASE);
    exchange.getResponseSender().send(Compiled.release() + " " + onDisk() + " " + RELEASE + "\n");
  }

  private static String onDisk() throws IOException {
    try (var file = Shop.class.getResourceAsStream("/release.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).trim();
    }
  }

  /** Requests that have begun are answered. */
  private static void close(Undertow server, GracefulShutdownHandler graceful) {
    graceful.shutdown();
    try {
      graceful.awaitShutdown(10_000);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    server.stop();
  }
}
