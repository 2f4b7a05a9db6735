#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What is a macro there, and so not seen from Swift.

static inline long copenssl_set_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }

// From TLS 1.2 on; a queue's head may lie elsewhere when a write is tried again, and a part of it may be taken.
static inline void copenssl_prepare(SSL_CTX *context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
