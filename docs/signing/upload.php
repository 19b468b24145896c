<?php // php upload.php TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with curl.
$secret = getenv('AWAL_SECRET');
$baseURL = getenv('AWAL_BASE_URL');
if (!$secret || !$baseURL || count($argv) < 4) {
    fwrite(STDERR, "usage: AWAL_SECRET=... AWAL_BASE_URL=... php upload.php TARGET FILE MEDIA_TYPE [NAME=VALUE...]\n");
    exit(2);
}
[, $target, $path, $mediaType] = $argv;
$boundary = bin2hex(random_bytes(16)); // a CURLFile would draw one while it sends
$body = '';
foreach (array_slice($argv, 4) as $field) {
    [$name, $value] = explode('=', $field, 2);
    $body .= "--$boundary\r\nContent-Disposition: form-data; name=\"$name\"\r\n\r\n$value\r\n";
}
$body .= "--$boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" . basename($path) . "\"\r\n"
    . "Content-Type: $mediaType\r\n\r\n" . file_get_contents($path) . "\r\n--$boundary--\r\n";
$timestamp = (string) time();
$signature = 'sha256=' . hash_hmac('sha256', "POST$target$timestamp$body", $secret);
$curl = curl_init($baseURL . $target);
curl_setopt_array($curl, [CURLOPT_POSTFIELDS => $body, CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => [
    'Accept: application/json', "Content-Type: multipart/form-data; boundary=$boundary", "X-Awal-Signature-256: $signature",
    "X-Timestamp: $timestamp", 'X-Domain: ' . getenv('AWAL_DOMAIN'), 'X-Client-ID: ' . getenv('AWAL_CLIENT_ID'),
]]);
$answer = curl_exec($curl);
if ($answer === false) {
    exit(curl_error($curl));
}
echo $signature, "\n", curl_getinfo($curl, CURLINFO_RESPONSE_CODE), "\n", $answer, "\n";
