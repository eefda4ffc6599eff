package shop;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A page that names its release out of two places, each read for itself. */
@WebServlet("/")
public final class Shop extends HttpServlet {
  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String release = getServletContext().getInitParameter("hawser.release");
    response.setContentType("text/plain");
    response.setHeader("X-Release", release);
    response.getWriter().println(Compiled.release() + " " + onDisk() + " " + release);
  }

  private String onDisk() throws IOException {
    try (var file = getServletContext().getResourceAsStream("/WEB-INF/release.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).trim();
    }
  }
}
