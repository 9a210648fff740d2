"""A token of the server, checked by PyJWT against the served key set.

Use: python3 check_token.py SERVER_URL ISSUER TOKEN USERNAME
"""

import json
import sys
import urllib.request

import jwt

url, issuer, token, username = sys.argv[1:]
with urllib.request.urlopen(url + "/.well-known/jwks.json", timeout=10) as answer:
    keys = jwt.PyJWKSet.from_dict(json.load(answer))
key = keys[jwt.get_unverified_header(token)["kid"]]
claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer=issuer, audience=issuer,
                    options={"require": ["iss", "sub", "aud", "exp", "iat", "jti"]})
assert claims["username"] == username, claims
try:
    jwt.decode(token[:-4] + "AAAA", key, algorithms=["EdDSA"], issuer=issuer, audience=issuer)
except jwt.InvalidSignatureError:
    print(f"PyJWT: token of {claims['username']} holds, expires {claims['exp']}")
else:
    raise SystemExit("a tampered token passed")
