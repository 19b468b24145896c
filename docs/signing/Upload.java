// java Upload.java TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with HttpClient.
import static java.nio.charset.StandardCharsets.UTF_8;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.util.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Upload {
  public static void main(String[] args) throws Exception {
    var env = System.getenv();
    if (args.length < 3 || !env.containsKey("AWAL_SECRET") || !env.containsKey("AWAL_BASE_URL"))
      throw new IllegalArgumentException("usage: AWAL_SECRET=... AWAL_BASE_URL=... java Upload.java TARGET FILE MEDIA_TYPE [NAME=VALUE...]");
    String boundary = "" + UUID.randomUUID(), part = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"";
    var body = new ByteArrayOutputStream();
    for (var field : Arrays.copyOfRange(args, 3, args.length)) body.write((part + field.replaceFirst("=", "\"\r\n\r\n") + "\r\n").getBytes(UTF_8));
    var file = Path.of(args[1]);
    body.write((part + "file\"; filename=\"" + file.getFileName() + "\"\r\nContent-Type: " + args[2] + "\r\n\r\n").getBytes(UTF_8));
    body.write(Files.readAllBytes(file));
    body.write(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
    var timestamp = "" + System.currentTimeMillis() / 1000;
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(env.get("AWAL_SECRET").getBytes(UTF_8), "HmacSHA256"));
    mac.update(("POST" + args[0] + timestamp).getBytes(UTF_8));
    var signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.toByteArray()));
    var request = HttpRequest.newBuilder(URI.create(env.get("AWAL_BASE_URL") + args[0])).headers("Accept", "application/json",
        "Content-Type", "multipart/form-data; boundary=" + boundary, "X-Awal-Signature-256", signature, "X-Timestamp", timestamp,
        "X-Domain", env.getOrDefault("AWAL_DOMAIN", ""), "X-Client-ID", env.getOrDefault("AWAL_CLIENT_ID", ""));
    var answer = HttpClient.newHttpClient().send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build(),
        HttpResponse.BodyHandlers.ofString());
    System.out.println(signature + "\n" + answer.statusCode() + "\n" + answer.body());
  }
}
