using System.Text;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Trunks;

/// <summary>What the 2xx of a REGISTER of ours says (RFC 3261 §10.2.4).</summary>
internal static class RegisterAnswer
{
    /// <summary>A week: what is longer is no time to count with.</summary>
    private const uint Longest = 604_800;

    /// <summary>
    /// For how long we are registered. The answer lists everybody at this address-of-record: ours is the Contact that is equal to what
    /// we sent, else, where something on the way has changed the host, the first with our user part.
    /// </summary>
    /// <param name="response">2xx.</param>
    /// <param name="contact">The URI that we sent.</param>
    /// <param name="asked">Seconds that we asked for.</param>
    /// <returns>Seconds; 0: not registered.</returns>
    public static uint Granted(SipMessage response, ReadOnlySpan<byte> contact, uint asked)
    {
        if (!response.Has(HeaderId.Contact))
        {
            return FromHeader(response, asked);
        }

        _ = SipUri.TryParse(contact, out var own);
        long alike = -1;
        foreach (var value in new RegisterContacts(response))
        {
            if (!ContactToRegister.TryParse(value, isOutbound: false, out var listed))
            {
                continue;
            }

            var granted = listed.Expires >= 0 ? Math.Min((uint)listed.Expires, Longest) : FromHeader(response, asked);
            if (UriComparison.AreEqual(listed.Uri, own))
            {
                return granted;
            }

            alike = alike < 0 && listed.Uri.User.SequenceEqual(own.User) ? granted : alike;
        }

        return (uint)Math.Max(alike, 0);
    }

    /// <summary>RFC 3608 §5: the values of Service-Route in the order of use, separated by commas; 0 without any, and where they do not fit or the first is no SIP URI.</summary>
    public static int CopyServiceRoute(SipMessage response, Span<byte> destination)
    {
        var writer = new MessageWriter(destination);
        for (var index = response.TryFirst(HeaderId.ServiceRoute, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            writer.Write(writer.Length == 0 ? default : ", "u8);
            writer.Write(response[response.Fields[index].Value]);
        }

        return !writer.Overflowed && TryFirst(writer.Written, out _) ? writer.Length : 0;
    }

    /// <summary>The URI that requests with these routes go to.</summary>
    public static bool TryFirst(ReadOnlySpan<byte> routes, out SipUri uri)
    {
        var list = new ValueList(routes);
        uri = default;
        return list.MoveNext() && NameAddress.TryParse(list.Current, out var first) && SipUri.TryParse(first.Uri, out uri) && uri.IsSip;
    }

    /// <summary>RFC 3261 §10.2.8: how long it has to be at least; 0 where a 423 does not say.</summary>
    public static uint MinExpires(SipMessage response) => DeltaSeconds.Read(response.First(HeaderId.MinExpires)) is > 0 and var least && least <= Longest ? (uint)least : 0;

    private static uint FromHeader(SipMessage response, uint asked) =>
        DeltaSeconds.Read(response.First(HeaderId.Expires)) is >= 0 and var seconds ? Math.Min((uint)seconds, Longest) : asked;

    /// <summary>Whether the routes begin at this host, named in any case.</summary>
    public static bool BeginsAt(ReadOnlySpan<byte> routes, string host) => TryFirst(routes, out var uri) && Ascii.EqualsIgnoreCase(uri.Host.Trim("[]"u8), host);
}
