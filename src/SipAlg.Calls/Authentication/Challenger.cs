using System.Globalization;
using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Authentication;

/// <summary>One who has challenged us: its realm, its last nonce, and how often that was used. Texts are kept as they came.</summary>
internal sealed class Challenger
{
    private readonly PeerCredentials _credentials;
    private byte[] _username = [];
    private byte[] _nonce = [];
    private byte[] _opaque = [];
    private byte[] _cnonce = [];
    private byte[] _secret = [];
    private byte[] _session = [];
    private DigestAlgorithm _algorithm;
    private bool _hasAlgorithm;
    private bool _hasOpaque;
    private bool _hasQop;
    private uint _count;

    /// <param name="header">Where its answers stand.</param>
    /// <param name="realm">As it came.</param>
    public Challenger(HeaderId header, ReadOnlySpan<byte> realm, PeerCredentials credentials)
    {
        Header = header;
        Realm = realm.ToArray();
        _credentials = credentials;
    }

    public HeaderId Header { get; }
    public byte[] Realm { get; }

    /// <summary>Changes with the nonce; never 0.</summary>
    public ushort Generation { get; private set; }

    public bool IsStrong => DigestAlgorithms.IsSha256(_algorithm);

    public bool Has(ReadOnlySpan<byte> nonce) => _nonce.AsSpan().SequenceEqual(nonce);

    /// <summary>Takes a challenge of this realm in place of the last.</summary>
    /// <param name="cnonce">Random.</param>
    /// <returns>False for what cannot be hashed.</returns>
    public bool TryTake(in DigestChallenge challenge, ulong cnonce, ushort generation)
    {
        if (_secret.Length == 0 || challenge.Algorithm != _algorithm)
        {
            Span<byte> room = stackalloc byte[DigestClient.MaxTextLength];
            _username = Encoding.UTF8.GetBytes(_credentials.Username);
            _secret = new byte[DigestAlgorithms.TextLength(challenge.Algorithm)];
            if (!DigestHash.TrySecret(challenge.Algorithm, _username, QuotedText.Plain(Realm, room), Encoding.UTF8.GetBytes(_credentials.Password), _secret))
            {
                return false;
            }
        }

        (_algorithm, _hasAlgorithm, _hasQop, _hasOpaque) = (challenge.Algorithm, challenge.HasAlgorithm, challenge.HasQop, challenge.HasOpaque);
        _opaque = challenge.Opaque.ToArray();
        return TryTake(challenge.Nonce, cnonce, generation);
    }

    /// <summary>Goes on with a nonce under the same conditions; one that is named again goes on counting (RFC 7616 §3.4, nc).</summary>
    public bool TryTake(ReadOnlySpan<byte> nonce, ulong cnonce, ushort generation)
    {
        Generation = generation;
        if (!Has(nonce))
        {
            _nonce = nonce.ToArray();
            _count = 0;
        }

        _cnonce = Encoding.ASCII.GetBytes(cnonce.ToString("x16", CultureInfo.InvariantCulture));
        _session = _secret;
        if (!DigestAlgorithms.IsSession(_algorithm))
        {
            return true;
        }

        _session = new byte[_secret.Length];
        return DigestHash.TrySession(_algorithm, _secret, _nonce, _cnonce, _session);
    }

    /// <summary>Writes the credentials for a request, unless they would be too long.</summary>
    public void Write(ref MessageWriter writer, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri)
    {
        Span<byte> count = stackalloc byte[DigestWriter.CountLength];
        DigestWriter.FormatCount(++_count, count);
        var input = new DigestInput
        {
            Algorithm = _algorithm, Method = method, Uri = uri, Nonce = _nonce, Qop = _hasQop ? DigestQop.Auth : DigestQop.None, NonceCount = count, Cnonce = _cnonce,
        };
        Span<byte> response = stackalloc byte[DigestAlgorithms.MaxTextLength];
        if (!DigestHash.TryResponse(input, _session, response))
        {
            return;
        }

        DigestWriter.WriteCredentials(ref writer, Header, new DigestAnswer
        {
            Username = _username,
            Realm = Realm,
            Nonce = _nonce,
            Uri = uri,
            Response = response[.._session.Length],
            Algorithm = _hasAlgorithm ? _algorithm : DigestAlgorithm.Unknown,
            Opaque = _opaque,
            HasOpaque = _hasOpaque,
            Cnonce = _hasQop ? _cnonce : default,
            NonceCount = count,
        });
    }
}
