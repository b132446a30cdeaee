using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Dialogs;

/// <summary>
/// A dialog (RFC 3261 §12) as one exact-size run of octets: Call-ID, both addresses with their tags, the remote target and
/// the route set. Where the far side may change something (target, tag, routes) the run is made anew.
/// </summary>
public sealed class Dialog
{
    private readonly byte[] _octets;
    private readonly int _callIdEnd;
    private readonly int _localEnd;
    private readonly int _remoteEnd;
    private readonly int _targetEnd;
    private readonly Slice _remoteTag;

    internal Dialog(byte[] octets, int callIdEnd, int localEnd, int remoteEnd, int targetEnd)
    {
        _octets = octets;
        _callIdEnd = callIdEnd;
        _localEnd = localEnd;
        _remoteEnd = remoteEnd;
        _targetEnd = targetEnd;
        _remoteTag = FindTag();
    }

    public ReadOnlySpan<byte> CallId => _octets.AsSpan(0, _callIdEnd);

    /// <summary>Our From or To value with our tag.</summary>
    public ReadOnlySpan<byte> LocalAddress => _octets.AsSpan(_callIdEnd, _localEnd - _callIdEnd);

    /// <summary>Theirs; without a tag until they answered.</summary>
    public ReadOnlySpan<byte> RemoteAddress => _octets.AsSpan(_localEnd, _remoteEnd - _localEnd);

    /// <summary>The URI that requests go to (RFC 3261 §12.1.1): their Contact.</summary>
    /// <summary>The far side is reached by a sips URI: every hop to it is one of TLS (RFC 3261 §12.1.1).</summary>
    public bool IsSips => Ascii.EqualsIgnoreCase(RemoteTarget[..Math.Min(RemoteTarget.Length, 5)], "sips:"u8);

    public ReadOnlySpan<byte> RemoteTarget => _octets.AsSpan(_remoteEnd, _targetEnd - _remoteEnd);

    /// <summary>Route values in the order of use, separated by commas; empty without any.</summary>
    public ReadOnlySpan<byte> Routes => _octets.AsSpan(_targetEnd);

    public ReadOnlySpan<byte> RemoteTag => _octets.AsSpan(_remoteTag.Start, _remoteTag.Length);

    /// <summary>RFC 3261 §12.2.1.1: of the last request that we sent in it.</summary>
    public uint LocalSequence { get; set; }

    /// <summary>RFC 3261 §12.2.2: of the last request that we took from them; 0 before the first.</summary>
    public uint RemoteSequence { get; set; }

    private Slice FindTag()
    {
        if (!NameAddress.TryParse(RemoteAddress, out var address) || !address.TryTag(out var tag))
        {
            return default;
        }

        // The tag's last occurrence in the address is the parameter's.
        var at = RemoteAddress.LastIndexOf(tag);
        return new Slice(_localEnd + at, tag.Length);
    }

    /// <summary>The same dialog but for our tag: another one that comes of the same INVITE of theirs (RFC 3261 §12.1.1).</summary>
    /// <param name="tag">As long as the one that stands at the end of <see cref="LocalAddress"/>.</param>
    /// <param name="sequence">The CSeq of the INVITE: neither side has asked anything else in it.</param>
    public Dialog WithLocalTag(scoped ReadOnlySpan<byte> tag, uint sequence)
    {
        byte[] octets = [.. _octets];
        tag.CopyTo(octets.AsSpan(_localEnd - tag.Length));
        return new Dialog(octets, _callIdEnd, _localEnd, _remoteEnd, _targetEnd) { RemoteSequence = sequence };
    }

    /// <summary>The same names with nothing asked but our INVITE: for another dialog that comes of it (RFC 3261 §12.1.2).</summary>
    /// <param name="sequence">The CSeq of the INVITE.</param>
    public Dialog Anew(uint sequence) => new(_octets, _callIdEnd, _localEnd, _remoteEnd, _targetEnd) { LocalSequence = sequence };

    /// <summary>
    /// Writes the request line, Via, Max-Forwards, Route, From, To, Call-ID and CSeq of a request in this dialog
    /// (RFC 3261 §12.2.1.1), to a loose or a strict router.
    /// </summary>
    public void WriteRequest(ref MessageWriter writer, SipMethod method, uint sequence, int maxForwards, in RequestVia via) =>
        WriteRequest(ref writer, SipMethods.Name(method), sequence, maxForwards, via);

    /// <summary>As the other, with a method that need not be a registered one.</summary>
    public void WriteRequest(ref MessageWriter writer, scoped ReadOnlySpan<byte> method, uint sequence, int maxForwards, in RequestVia via)
    {
        var hasStrictRouter = TryStrictRouter(out var router, out var others);
        writer.Write(method);
        writer.Write((byte)' ');
        writer.Write(hasStrictRouter ? router : RemoteTarget);
        writer.Write(" SIP/2.0\r\n"u8);
        via.Write(ref writer);
        writer.Field("Max-Forwards"u8, maxForwards);
        if (hasStrictRouter)
        {
            writer.Write("Route: "u8);
            writer.Write(others);
            writer.Write(others.IsEmpty ? "<"u8 : ", <"u8);
            writer.Write(RemoteTarget);
            writer.Write(">\r\n"u8);
        }
        else if (!Routes.IsEmpty)
        {
            writer.Field("Route"u8, Routes);
        }

        writer.Field("From"u8, LocalAddress);
        writer.Field("To"u8, RemoteAddress);
        writer.Field("Call-ID"u8, CallId);
        writer.Write("CSeq: "u8);
        writer.Write(sequence);
        writer.Write((byte)' ');
        writer.Write(method);
        writer.EndLine();
    }

    /// <summary>A first route without "lr" takes the Request-URI's place, and the target goes to the end of the routes.</summary>
    private bool TryStrictRouter(out ReadOnlySpan<byte> router, out ReadOnlySpan<byte> others)
    {
        router = others = default;
        var list = new ValueList(Routes);
        if (!list.MoveNext() || !NameAddress.TryParse(list.Current, out var first) || !SipUri.TryParse(first.Uri, out var uri) ||
            uri.TryParameter("lr"u8, out _))
        {
            return false;
        }

        router = first.Uri;
        others = Routes[Math.Min(list.Consumed, Routes.Length)..];
        return true;
    }

    /// <summary>The URI that says where a request goes first: the first route's, else the target.</summary>
    public ReadOnlySpan<byte> NextHop
    {
        get
        {
            var list = new ValueList(Routes);
            return list.MoveNext() && NameAddress.TryParse(list.Current, out var first) ? first.Uri : RemoteTarget;
        }
    }
}
