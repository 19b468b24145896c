<?php // php sign.php METHOD TARGET [BODY] signs a request to the Awal API and, with AWAL_BASE_URL, sends it.
$secret = getenv('AWAL_SECRET');
$timestamp = getenv('AWAL_TIMESTAMP') ?: (string) time();
[, $method, $target, $body] = $argv + [null, null, null, ''];
if (!$secret || !$target) {
    fwrite(STDERR, "usage: AWAL_SECRET=... php sign.php METHOD TARGET [BODY]\n");
    exit(2);
}

$signature = 'sha256=' . hash_hmac('sha256', $method . $target . $timestamp . $body, $secret);
echo $signature, "\n";

if ($baseURL = getenv('AWAL_BASE_URL')) {
    $headers = [
        'Accept: application/json',
        'Content-Type: application/json',
        "X-Awal-Signature-256: $signature",
        "X-Timestamp: $timestamp",
        'X-Domain: ' . getenv('AWAL_DOMAIN'),
        'X-Client-ID: ' . getenv('AWAL_CLIENT_ID'),
    ];
    $options = ['method' => $method, 'header' => $headers, 'content' => $body, 'ignore_errors' => true];
    $stream = fopen($baseURL . $target, 'r', false, stream_context_create(['http' => $options]));
    if (!$stream) {
        exit(1); // fopen has said why
    }
    echo explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1], "\n", stream_get_contents($stream), "\n";
}
