using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;

namespace SipAlg.Fuzz.Targets;

/// <summary>Each reader of a header value: nothing is allocated, no more is read than there is, and what is written anew is read the same.</summary>
internal sealed class ValuesTarget() : Target("values", 250, Values, SipWords.All)
{
    private static readonly byte[][] Values = Texts(
        "\"A. Bell\" <sip:agb@bell-telephone.com>;tag=a48s", "sip:+12125551212@phone2net.com;tag=887s", "Anonymous <sip:c8oqz84zk7z@privacy.org;user=phone?Subject=x&To=y%40z>;expires=60;q=0.25;ob;reg-id=1",
        "SIP/2.0/UDP [2001:db8::9:1]:5060;rport=4;received=192.0.2.1;branch=z9hG4bK87asdks7", "12345 2 INVITE", "425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only", "refer;id=93809823;x=y", "active;expires=3600;reason=noresource",
        "id;header;critical", "1800;refresher=uas", "0.123", "100rel , timer,\r\n replaces", "tel:+1-201-555-0123;phone-context=example.com", "::ffff:192.0.2.128", "fe80::1", "255.255.255.255", "Replaces=12%40x%3Bto-tag%3D1&Require=replaces&=x&a",
        "Signal=5\r\nDuration=160\r\n", "sips:a:b@[::1]:5061;maddr=1.2.3.4;lr;x=%41?h=v", "<sip:a@b>,\"c,d\" <sip:e@f;g>;h=\"i,j\" , sip:k");

    private readonly byte[] _room = new byte[8 * 1024];
    private readonly byte[] _written = new byte[512];

    public override string? Check(FuzzInput input, Features features)
    {
        var text = input.Octets;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Uris(text, features) ?? Others(text, features) ?? Addresses(text, features) ?? Lists(text, features);
        return GC.GetAllocatedBytesForCurrentThread() == before ? problem : problem ?? "A reader allocates.";
    }

    private string? Uris(ReadOnlySpan<byte> text, Features features)
    {
        if (!SipUri.TryParse(text, out var uri))
        {
            return null;
        }

        features.Add(1, ((int)uri.Scheme << 4) | (uri.User.IsEmpty ? 0 : 1) | (uri.Password.IsEmpty ? 0 : 2) | (uri.Parameters.IsEmpty ? 0 : 4) | (uri.Headers.IsEmpty ? 0 : 8));
        features.AddSize(2, uri.Host.Length);
        features.AddSize(3, uri.Port);
        var headers = new UriHeaders(uri.Headers);
        for (var count = 0; headers.MoveNext(); count++)
        {
            features.AddSize(4, count);
            if (headers.Whole.Length > text.Length || count > text.Length)
            {
                return "More headers were read of a URI than it has.";
            }
        }

        var user = uri.CopyUser(_room);
        return user > uri.User.Length ? "A user grew when its escapes were taken away."
            : uri.User.Length + uri.Password.Length + uri.Host.Length + uri.Parameters.Length + uri.Headers.Length > text.Length ? "The parts of a URI are longer than all of it."
            : !uri.Text.SequenceEqual(text) ? "A URI is not what was read."
            : uri.IsSip && !UriComparison.AreEqual(uri, uri) ? "A URI differs from itself (RFC 3261 §19.1.4)." : null;
    }

    private string? Others(ReadOnlySpan<byte> text, Features features)
    {
        if (RAck.TryParse(text, out var rack))
        {
            features.Add(10, (int)rack.Method);
        }

        return Reference(HeaderId.Replaces, text, features) ?? Reference(HeaderId.TargetDialog, text, features) ?? Numbers(text, features) ?? Digits(text, features);
    }

    private string? Reference(HeaderId header, ReadOnlySpan<byte> text, Features features)
    {
        if (!DialogReference.TryParse(header, text, out var reference))
        {
            return null;
        }

        features.Add(11, ((int)header << 1) | (reference.IsEarlyOnly ? 1 : 0));
        var writer = new MessageWriter(_room);
        DialogReference.Write(ref writer, header, reference.CallId, reference.LocalTag, reference.RemoteTag, reference.IsEarlyOnly);
        return DialogReference.TryParse(header, writer.Written, out var again) && again.CallId.SequenceEqual(reference.CallId) && again.LocalTag.SequenceEqual(reference.LocalTag) &&
            again.RemoteTag.SequenceEqual(reference.RemoteTag) && again.IsEarlyOnly == reference.IsEarlyOnly ? null : "A dialog that is written anew is another.";
    }

    private string? Numbers(ReadOnlySpan<byte> text, Features features)
    {
        var q = QValue.Read(text);
        var privacy = Privacy.Read(text);
        features.Add(12, (q + 10) / 100);
        features.Add(13, (int)privacy);
        features.AddSize(14, DeltaSeconds.Read(text));
        features.Add(15, SubscriptionState.Read(text).IsTerminated ? 1 : 0);
        features.Add(16, EventValue.TryId(text, out _) ? 1 : 0);
        if (SessionExpires.TryParse(text, out var expires))
        {
            features.Add(17, (int)expires.Refresher);
        }

        return q is < -1 or > 1000 ? $"A q value of {q}."
            : !EventValue.AreSame(text, text) ? "An event differs from itself."
            : Via.TryParse(text, out var via) && via.Host.Length + via.Branch.Length + via.Transport.Length > text.Length ? "More was read of a Via than there is." : null;
    }

    private string? Digits(ReadOnlySpan<byte> text, Features features)
    {
        foreach (var isBare in (ReadOnlySpan<bool>)[false, true])
        {
            if (!DtmfInfo.TryRead(isBare ? DtmfInfo.BareType : DtmfInfo.RelayType, text, out var digit))
            {
                continue;
            }

            features.Add(20 + (isBare ? 1 : 0), digit.Code);
            var length = DtmfInfo.Write(digit, isBare, _written);
            if (!DtmfInfo.TryRead(isBare ? DtmfInfo.BareType : DtmfInfo.RelayType, _written.AsSpan(0, length), out var again) || again.Code != digit.Code)
            {
                return "A digit that is written anew is another.";
            }
        }

        return null;
    }

    private string? Addresses(ReadOnlySpan<byte> text, Features features)
    {
        if (!IpAddress.TryParse(text, out var address))
        {
            return null;
        }

        features.Add(30, address.IsV6 ? 1 : 0);
        var length = address.Format(_written);
        return IpAddress.TryParse(_written.AsSpan(0, length), out var again) && again == address ? null : "An address that is written anew is another.";
    }

    private static string? Lists(ReadOnlySpan<byte> text, Features features)
    {
        var (count, read) = (0, 0);
        foreach (var value in new ValueList(text))
        {
            count++;
            read += value.Length;
            if (NameAddress.TryParse(value, out var address))
            {
                features.Add(40, (address.IsBracketed ? 1 : 0) | (address.DisplayName.IsEmpty ? 0 : 2) | (address.Parameters.IsEmpty ? 0 : 4) | (address.TryTag(out _) ? 8 : 0));
                read = Math.Max(read, address.Uri.Length + address.DisplayName.Length + address.Parameters.Length);
            }

            if (ContactToRegister.TryParse(value, isOutbound: true, out var contact))
            {
                features.Add(41, (contact.Q < 1000 ? 1 : 0) | (contact.Expires < 0 ? 2 : 0));
            }
        }

        features.AddSize(42, count);
        var parameters = new Parameters(text);
        var places = 0;
        while (parameters.MoveNext())
        {
            places++;
        }

        features.AddSize(43, places);
        return read > text.Length || count > text.Length + 1 || places > text.Length ? "More was read than there is." : null;
    }
}
