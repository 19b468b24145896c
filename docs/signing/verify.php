<?php // php verify.php TARGET SIGNATURE TIMESTAMP < BODY says whether a webhook comes from Awal.

/** True if one of the signatures is right and the timestamp is at most five minutes off. $body is file_get_contents('php://input'). */
function verify(string $secret, string $target, string $signatures, string $timestamp, string $body): bool
{
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $right = 'sha256=' . hash_hmac('sha256', 'POST' . $target . $timestamp . $body, $secret);
    $ok = false;
    foreach (explode(',', $signatures) as $signature) {
        $ok = hash_equals($right, trim($signature)) || $ok;
    }
    return $ok;
}

$secret = getenv('AWAL_SECRET');
if (!$secret || $argc !== 4) {
    fwrite(STDERR, "usage: AWAL_SECRET=... php verify.php TARGET SIGNATURE TIMESTAMP < BODY\n");
    exit(2);
}
$ok = verify($secret, $argv[1], $argv[2], $argv[3], stream_get_contents(STDIN));
echo $ok ? "accepted\n" : "refused\n";
exit($ok ? 0 : 1);
