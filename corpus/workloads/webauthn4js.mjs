// WebAuthn: passkeys registered and used, by keys on a curve that this script holds, and answers that must be refused.
import crypto from 'node:crypto';
import { workload } from '../lib/workload.mjs';
import { random } from '../lib/inputs.mjs';

const next = random(9);
const fill = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength).forEach((_, i, bytes) => (bytes[i] = next()));
const base64 = (bytes) => Buffer.from(bytes).toString('base64url');
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const origin = 'https://example.com';

function makeKey(seed) {
  const curve = crypto.createECDH('prime256v1');
  curve.setPrivateKey(sha(seed));
  const point = curve.getPublicKey(), x = point.subarray(1, 33), y = point.subarray(33);
  const key = crypto.createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', d: base64(curve.getPrivateKey()), x: base64(x), y: base64(y) } });
  // A COSE key: 1: EC2, 3: ES256, -1: P-256, -2: x, -3: y.
  const cose = Buffer.concat([Buffer.from('a50102032620012158 20'.replace(' ', ''), 'hex'), x, Buffer.from('225820', 'hex'), y]);
  return { key, cose, id: sha(`id ${seed}`) };
}

const clientData = (type, challenge) => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
const counter = (n) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(n); return bytes; };

function registration({ cose, id }, challenge) {
  const data = Buffer.concat([sha('example.com'), Buffer.from([0x45]), counter(1), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
  const text = (s) => Buffer.concat([Buffer.from([0x60 + s.length]), Buffer.from(s)]);
  const attestation = Buffer.concat([Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData'), Buffer.from([0x58, data.length]), data]);
  return { id: base64(id), rawId: base64(id), type: 'public-key', response: { attestationObject: base64(attestation), clientDataJSON: base64(clientData('webauthn.create', challenge)) } };
}

function assertion({ key, id }, challenge, n, spoil) {
  const data = Buffer.concat([sha('example.com'), Buffer.from([5]), counter(n)]), client = clientData('webauthn.get', challenge);
  const signature = crypto.sign('sha256', Buffer.concat([data, sha(client)]), key);
  if (spoil) signature[signature.length - 1] ^= 1;
  return { id: base64(id), rawId: base64(id), type: 'public-key', response: { authenticatorData: base64(data), clientDataJSON: base64(client), signature: base64(signature) } };
}

await workload('webauthn4js', async ({ require: need, print, scale }) => {
  const common = need('crypto');
  common.randomFillSync = (view) => { fill(view); return view; };
  const server = await need('./index.js')({ RPDisplayName: 'Example', RPID: 'example.com', RPOrigins: [origin] });
  const told = async (label, promise) => {
    const result = await promise.catch((error) => ({ error: error.message }));
    print(label, JSON.stringify(result));
    return result;
  };
  return async () => {
    for (let i = 0; i < Math.max(1, 10 * scale); i++) {
      const key = makeKey(`key ${i}`), user = { id: `user ${i}`, name: `u${i}`, displayName: `User ${i}`, credentials: [] };
      const begun = await told('begin', server.beginRegistration(user));
      const finish = (challenge) => server.finishRegistration(user, begun.sessionData, registration(key, challenge));
      const challenge = begun.options.publicKey.challenge;
      await told('wrong challenge', finish(base64(sha('other'))));
      user.credentials.push(await told('registered', finish(challenge)));
      for (let n = 2; n < 5; n++) {
        const login = await told('login', server.beginLogin(user)), asked = login.options.publicKey.challenge;
        await told('refused', server.finishLogin(user, login.sessionData, assertion(key, asked, n, true)));
        await told('accepted', server.finishLogin(user, login.sessionData, assertion(key, asked, n, false)));
      }
    }
  };
});
