using System.Security.Cryptography;
using SipAlg.Calls.Model;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Media;

/// <summary>
/// SDES (RFC 4568) between the gateway and one far side. By the side's <see cref="SrtpMode"/>: what it offers is taken, refused, or plain; what it is
/// offered is RTP/SAVP, RTP/AVP with keys beside (RFC 8643), or plain.
/// </summary>
internal static class KeyExchange
{
    /// <summary>Each can be taken.</summary>
    private const int AllSuites = (1 << SrtpSuites.Count) - 1;

    /// <summary>Whether a stream in a side's offer can be taken at all.</summary>
    public static bool MayTake(MediaFace face, SdpDescription offer, int index)
    {
        var mode = face.Side.Srtp;
        var isSavp = offer.Media(index).Transport.IsSavp();
        return mode == SrtpMode.Off ? !isSavp : HasKey(offer, index, out _) || (!isSavp && mode == SrtpMode.Optional);
    }

    /// <summary>Takes a stream in a side's offer that can be taken.</summary>
    /// <param name="face">Towards the side.</param>
    /// <param name="offer">Its description.</param>
    /// <param name="index">Of the m= line.</param>
    /// <param name="before">What was agreed on with it before; null for nothing.</param>
    public static SideSecurity Take(MediaFace face, SdpDescription offer, int index, MediaKeys? before)
    {
        Span<byte> master = stackalloc byte[SrtpSuites.LongestKey];
        if (face.Side.Srtp == SrtpMode.Off || !SdpCrypto.TryFind(offer, index, AllSuites, out var crypto, master))
        {
            return default;
        }

        var keys = face.KeysOf(index);
        var theirs = keys.Theirs(crypto, master);
        CryptographicOperations.ZeroMemory(master);
        var own = before?.Receive is null || before.Receive == theirs ? keys.Own(crypto.Suite) : keys.Coming(crypto.Suite);
        return new SideSecurity(offer.Media(index).Transport.IsSavp(), crypto.Tag, Same(before, theirs, own));
    }

    /// <summary>Whether a side's answer to a stream can be taken.</summary>
    /// <param name="face">Towards the side.</param>
    /// <param name="isSavpOffered">What it answers is RTP/SAVP.</param>
    /// <param name="answer">Its description.</param>
    /// <param name="index">Of the m= line.</param>
    public static bool MayAgree(MediaFace face, bool isSavpOffered, SdpDescription answer, int index)
    {
        var isSavp = answer.Media(index).Transport.IsSavp();
        return face.Side.Srtp == SrtpMode.Off ? !isSavp
            : (HasKey(answer, index, out var suite) && face.KeysOf(index).HasOwn(suite)) || (!isSavp && !isSavpOffered && face.Side.Srtp == SrtpMode.Optional);
    }

    /// <summary>Takes such an answer. The line is told by its suite, of which there is one: some echo no tag, or another.</summary>
    public static SideSecurity Agree(MediaFace face, SdpDescription answer, int index, MediaKeys? before)
    {
        Span<byte> master = stackalloc byte[SrtpSuites.LongestKey];
        if (face.Side.Srtp == SrtpMode.Off || !SdpCrypto.TryFind(answer, index, AllSuites, out var crypto, master))
        {
            return default;
        }

        var keys = face.KeysOf(index);
        var theirs = keys.Theirs(crypto, master);
        CryptographicOperations.ZeroMemory(master);
        return new SideSecurity(answer.Media(index).Transport.IsSavp(), crypto.Tag, Same(before, theirs, keys.Own(crypto.Suite)));
    }

    /// <summary>The lines of an offer to a side: each of the suites that are offered with a key of its own.</summary>
    public static SdpCryptoLine[] Offer(MediaFace face, int index)
    {
        if (face.Side.Srtp == SrtpMode.Off)
        {
            return [];
        }

        var (lines, keys) = (new SdpCryptoLine[SrtpSuites.Offered], face.KeysOf(index));
        for (var suite = 0; suite < lines.Length; suite++)
        {
            lines[suite] = new SdpCryptoLine(suite + 1, (SrtpSuite)suite, keys.Own((SrtpSuite)suite).Master);
        }

        return lines;
    }

    private static MediaKeys Same(MediaKeys? before, SrtpKey theirs, SrtpKey own) =>
        before is not null && before.Receive == theirs && before.Send == own ? before : new MediaKeys(theirs, own);

    private static bool HasKey(SdpDescription description, int index, out SrtpSuite suite)
    {
        Span<byte> master = stackalloc byte[SrtpSuites.LongestKey];
        var isThere = SdpCrypto.TryFind(description, index, AllSuites, out var crypto, master);
        CryptographicOperations.ZeroMemory(master);
        suite = crypto.Suite;
        return isThere;
    }
}
