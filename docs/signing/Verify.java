// java Verify.java TARGET SIGNATURE TIMESTAMP < BODY says whether a webhook comes from Awal.
import static java.nio.charset.StandardCharsets.UTF_8;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Verify {
  /** True if one of the signatures is right and the timestamp is at most five minutes off. body is the bytes that came. */
  static boolean verify(String secret, String target, String signatures, String timestamp, byte[] body) throws Exception {
    if (!timestamp.matches("[0-9]{1,18}") || Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > 300) return false;
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    mac.update(("POST" + target + timestamp).getBytes(UTF_8));
    var right = ("sha256=" + HexFormat.of().formatHex(mac.doFinal(body))).getBytes(UTF_8);
    boolean ok = false;
    for (var signature : signatures.split(",")) ok |= MessageDigest.isEqual(signature.strip().getBytes(UTF_8), right);
    return ok;
  }

  public static void main(String[] args) throws Exception {
    var secret = System.getenv("AWAL_SECRET");
    if (secret == null || secret.isEmpty() || args.length != 3) {
      System.err.println("usage: AWAL_SECRET=... java Verify.java TARGET SIGNATURE TIMESTAMP < BODY");
      System.exit(2);
    }
    boolean ok = verify(secret, args[0], args[1], args[2], System.in.readAllBytes());
    System.out.println(ok ? "accepted" : "refused");
    System.exit(ok ? 0 : 1);
  }
}
