using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// Finds out who sent a request, and challenges who has not said so (RFC 3261 §22.2, RFC 7616, RFC 8760). ACK and CANCEL are never
/// asked about (RFC 3261 §22.1). Lane-owned: a nonce is good in the lane that made it.
/// </summary>
public sealed class Authenticator
{
    /// <summary>Nonces in use at once where nothing else is said; with it all of a lane's authentication takes less than 5 MB.</summary>
    public const int UsualNonces = 1 << 18;

    /// <summary>No user's name is as long, with its domain.</summary>
    private const int MaxUsername = 512;

    private readonly NonceMint _mint;
    private readonly NonceUses _uses;
    private readonly GuessLimiter _guesses;
    private readonly ThreadHasher _hasher = new();
    private long[] _total;

    /// <summary>Checked where there is no user, so that the work is the same.</summary>
    private readonly byte[] _nobody = new byte[DigestAlgorithms.MaxTextLength];

    /// <param name="realms">How many realms the gateway has.</param>
    /// <param name="secrets">The lane's.</param>
    /// <param name="nonces">Nonces in use at once; a power of two.</param>
    public Authenticator(int realms, SecretSource secrets, int nonces = UsualNonces)
    {
        _mint = new NonceMint(secrets);
        _uses = new NonceUses(nonces);
        _guesses = new GuessLimiter(new KeyedHash(secrets.Next(), secrets.Next()));
        _total = new long[realms * (int)AuthenticationOutcome.Count];
        for (var at = 0; at < _nobody.Length; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_nobody.AsSpan(at), secrets.Next());
        }
    }

    /// <summary>Requests that were checked in a realm; a plain cell, read by anybody.</summary>
    public long Total(int realm, AuthenticationOutcome outcome) => Volatile.Read(ref _total[Cell(realm, outcome)]);

    /// <summary>There are more realms.</summary>
    internal void Grow(int realms) => _total = CallCounters.Grown(_total, realms * (int)AuthenticationOutcome.Count);

    /// <summary>Wrong passwords of this lane, whoever has found them wrong.</summary>
    internal GuessLimiter Guesses => _guesses;

    /// <summary>What somebody else has found out of a request's credentials.</summary>
    internal void Count(int realm, AuthenticationOutcome outcome) => _total[Cell(realm, outcome)]++;

    /// <summary>Who sent the request. One that is accepted has used its nonce and count up.</summary>
    /// <param name="request">Neither ACK nor CANCEL.</param>
    /// <param name="realm">With <see cref="Realm.Authentication"/>.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">Milliseconds of the lane.</param>
    public AuthenticationResult Check(SipMessage request, Realm realm, IpAddress source, long now)
    {
        var result = TryFind(request, realm.Authentication!, out var credentials)
            ? Check(request, realm.Authentication!, credentials, source, now)
            : new AuthenticationResult(TryAnswer(request, source, now, out _, out _) ? AuthenticationOutcome.Unusable : AuthenticationOutcome.Missing);
        _total[Cell(realm.Index, result.Outcome)]++;
        return result;
    }

    /// <summary>Whether the request says for this domain who sent it.</summary>
    internal static bool HasCredentials(SipMessage request, AuthenticationDomain domain) => TryFind(request, domain, out _);

    /// <summary>What is wrong with credentials that were found <see cref="AuthenticationOutcome.Unusable"/>.</summary>
    /// <returns>The rest of a sentence that begins with "they".</returns>
    internal string FaultOf(SipMessage request, AuthenticationDomain domain, IpAddress source, long now)
    {
        _ = TryAnswer(request, source, now, out var credentials, out var isWhole);
        return UnusableCredentials.Fault(credentials, isWhole, domain);
    }

    /// <summary>Writes a challenge for each algorithm of the realm, in its order (RFC 8760 §2.3), all with one nonce.</summary>
    /// <param name="domain">The realm's.</param>
    /// <param name="isStale">The nonce was refused, not the password.</param>
    /// <param name="source">Who may answer them.</param>
    /// <param name="now">Milliseconds of the lane.</param>
    public void WriteChallenges(ref MessageWriter writer, AuthenticationDomain domain, bool isStale, IpAddress source, long now)
    {
        Span<byte> nonce = stackalloc byte[NonceMint.TextLength];
        _mint.Mint(now, source, nonce);
        foreach (var algorithm in domain.Algorithms)
        {
            DigestWriter.WriteChallenge(ref writer, HeaderId.WwwAuthenticate, domain.Realm, nonce, algorithm, isStale);
        }
    }

    private static int Cell(int realm, AuthenticationOutcome outcome) => (realm * (int)AuthenticationOutcome.Count) + (int)outcome;

    /// <summary>The first credentials for this domain that can be checked; one request is one guess.</summary>
    private static bool TryFind(SipMessage request, AuthenticationDomain domain, out DigestCredentials credentials)
    {
        for (var index = request.TryFirst(HeaderId.Authorization, out var first) ? first : -1; index >= 0; index = request.Next(index))
        {
            foreach (var scheme in new AuthSchemes(request[request.Fields[index].Value]))
            {
                if (DigestCredentials.IsDigest(scheme.Scheme) && DigestCredentials.TryParse(scheme.Parameters, out credentials) && IsFor(credentials, domain))
                {
                    return true;
                }
            }
        }

        credentials = default;
        return false;
    }

    /// <summary>What a request answers a challenge of ours with, however badly.</summary>
    private bool TryAnswer(SipMessage request, IpAddress source, long now, out DigestCredentials credentials, out bool isWhole)
    {
        for (var index = request.TryFirst(HeaderId.Authorization, out var first) ? first : -1; index >= 0; index = request.Next(index))
        {
            foreach (var scheme in new AuthSchemes(request[request.Fields[index].Value]))
            {
                isWhole = DigestCredentials.TryParse(scheme.Parameters, out credentials);
                if (DigestCredentials.IsDigest(scheme.Scheme) && _mint.TryRead(credentials.Nonce, now, source, out _))
                {
                    return true;
                }
            }
        }

        credentials = default;
        isWhole = false;
        return false;
    }

    /// <summary>
    /// RFC 3261 §22.4 (8) lets who does not know qop answer without, with MD5 only (RFC 8760 §2.6); that nonce is used up at once.
    /// </summary>
    [SkipLocalsInit]
    private static bool IsFor(in DigestCredentials credentials, AuthenticationDomain domain)
    {
        Span<byte> room = stackalloc byte[MaxUsername];
        return QuotedText.Plain(credentials.Realm, room).SequenceEqual(domain.Realm) && domain.Algorithms.Contains(credentials.Algorithm) &&
            (credentials.Qop == DigestQop.Auth || credentials is { Qop: DigestQop.None, Algorithm: DigestAlgorithm.Md5 });
    }

    [SkipLocalsInit]
    private AuthenticationResult Check(SipMessage request, AuthenticationDomain domain, in DigestCredentials credentials, IpAddress source, long now)
    {
        if (!_mint.TryRead(credentials.Nonce, now, source, out var serial) || !IsFresh(credentials, serial))
        {
            return new AuthenticationResult(AuthenticationOutcome.Stale);
        }

        Span<byte> room = stackalloc byte[MaxUsername];
        var username = QuotedText.Plain(credentials.Username, room);
        var keys = _guesses.KeysOf(source, username);
        if (_guesses.IsHeld(keys, now))
        {
            return new AuthenticationResult(AuthenticationOutcome.Held);
        }

        var user = FindUser(domain, username, out var hasDomain);
        var secret = user is null ? default : domain.SecretsOf(user).For(credentials.Algorithm, hasDomain);
        var isKnown = !secret.IsEmpty;
        var isRight = DigestHash.IsResponse(
            DigestInput.Of(credentials, request[request.MethodText]), isKnown ? secret : _nobody.AsSpan(0, DigestAlgorithms.TextLength(credentials.Algorithm)), credentials.Response, _hasher);
        if (!(isRight & isKnown))
        {
            _guesses.Failed(keys, now);
            return new AuthenticationResult(AuthenticationOutcome.Wrong);
        }

        if (!IsForUri(credentials, request[request.RequestUri]))
        {
            return new AuthenticationResult(AuthenticationOutcome.OtherUri);
        }

        Claim(credentials, serial);
        _guesses.Succeeded(keys);
        return new AuthenticationResult(AuthenticationOutcome.Accepted, user);
    }

    private bool IsFresh(in DigestCredentials credentials, long serial) =>
        credentials.Qop == DigestQop.None ? _uses.IsFresh(serial) : _uses.IsFresh(serial, credentials.NonceCount);

    private void Claim(in DigestCredentials credentials, long serial)
    {
        if (credentials.Qop == DigestQop.None)
        {
            _uses.Claim(serial);
        }
        else
        {
            _uses.Claim(serial, credentials.NonceCount);
        }
    }

    /// <param name="hasDomain">The name has the form <c>name@domain</c>.</param>
    [SkipLocalsInit]
    private static User? FindUser(AuthenticationDomain domain, ReadOnlySpan<byte> username, out bool hasDomain)
    {
        var at = username.LastIndexOf((byte)'@');

        // The domain is part of the hash, so that only as it is configured it can be right.
        hasDomain = at >= 0 && username[(at + 1)..].SequenceEqual(domain.Realm);
        var name = hasDomain ? username[..at] : username;
        if (name.Length > MaxUsername)
        {
            return null;
        }

        Span<char> text = stackalloc char[MaxUsername];
        return domain.Users.WithName(text[..Encoding.UTF8.GetChars(name, text)]);
    }

    /// <summary>
    /// Whether the digest's URI may be that of the request (RFC 7616 §3.4.6). Host, port and parameters are what phones and the routers
    /// before them disagree about; whom the request is for must be the same, where both say it.
    /// </summary>
    [SkipLocalsInit]
    private static bool IsForUri(in DigestCredentials credentials, ReadOnlySpan<byte> requestUri)
    {
        if (credentials.Uri.SequenceEqual(requestUri) || !SipUri.TryParse(credentials.Uri, out var written) || !SipUri.TryParse(requestUri, out var asked) ||
            written.User.IsEmpty || asked.User.IsEmpty)
        {
            return true;
        }

        Span<byte> one = stackalloc byte[SipLimits.Identifier];
        Span<byte> other = stackalloc byte[SipLimits.Identifier];
        return one[..written.CopyUser(one)].SequenceEqual(other[..asked.CopyUser(other)]);
    }
}
