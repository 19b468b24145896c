// java Sign.java METHOD TARGET [BODY] signs a request to the Awal API and, with AWAL_BASE_URL, sends it.
import static java.nio.charset.StandardCharsets.UTF_8;
import java.net.URI;
import java.net.http.*;
import java.util.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Sign {
  public static void main(String[] args) throws Exception {
    var env = new HashMap<>(System.getenv());
    env.values().removeIf(String::isEmpty);
    if (args.length < 2 || !env.containsKey("AWAL_SECRET"))
      throw new IllegalArgumentException("usage: AWAL_SECRET=... java Sign.java METHOD TARGET [BODY]");
    String method = args[0], target = args[1], body = args.length > 2 ? args[2] : "";
    var timestamp = env.getOrDefault("AWAL_TIMESTAMP", "" + System.currentTimeMillis() / 1000);
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(env.get("AWAL_SECRET").getBytes(UTF_8), "HmacSHA256"));
    var digest = mac.doFinal((method + target + timestamp + body).getBytes(UTF_8));
    var signature = "sha256=" + HexFormat.of().formatHex(digest);
    System.out.println(signature);
    if (!env.containsKey("AWAL_BASE_URL")) return;
    var request = HttpRequest.newBuilder(URI.create(env.get("AWAL_BASE_URL") + target)).headers("Accept",
        "application/json", "Content-Type", "application/json", "X-Awal-Signature-256", signature, "X-Timestamp", timestamp,
        "X-Domain", env.getOrDefault("AWAL_DOMAIN", ""), "X-Client-ID", env.getOrDefault("AWAL_CLIENT_ID", ""));
    var response = HttpClient.newHttpClient().send(request.method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
    System.out.println(response.statusCode() + "\n" + response.body());
  }
}
