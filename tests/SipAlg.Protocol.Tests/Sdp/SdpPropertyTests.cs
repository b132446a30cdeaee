using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpPropertyTests
{
    private const string OurAddress = "198.18.0.1";

    private static readonly string[] SessionLines =
    [
        "s=call", "i=info", "c=IN IP4 192.0.2.1", "c=IN IP6 2001:db8::5", "c=IN IP4 0.0.0.0", "b=AS:64", "t=0 0", "k=prompt", "z=0 0", "a=sendonly",
        "a=group:BUNDLE 1 2", "a=ice-lite", "a=ice-ufrag:x", "a=rtcp:1", "", "?", "a=", "c=", "c=IN",
    ];

    private static readonly string[] MediaLines =
    [
        "m=audio 4000 RTP/AVP 0 8", "m=audio 0 RTP/AVP 0", "m=video 5000/2 UDP/TLS/RTP/SAVPF 97", "m=message 7000 TCP/MSRP *", "m=image 6000 udptl t38",
        "c=IN IP4 192.0.2.2", "c=IN IP6 ::", "c=IN IP4 host.example", "a=rtpmap:97 VP8/90000", "a=rtcp:4001 IN IP4 192.0.2.2", "a=rtcp:x",
        "a=rtcp-mux", "a=candidate:1 1 UDP 1 192.0.2.2 1 typ host", "a=inactive", "a=ptime:20", "a=source-filter: incl IN IP4 * 192.0.2.2", "b=RR:0", "i=x",
    ];

    private static readonly byte[][] Files = [.. SdpSamples.Files().Select(SdpSamples.Read)];

    private static Gen<string> Generated =>
        from session in Gen.Elements(SessionLines).ListOf()
        from media in Gen.Elements(MediaLines).ListOf()
        from end in Gen.Elements("\r\n", "\n", "\r")
        select string.Join(end, session.Prepend("o=- 1 2 IN IP4 192.0.2.1").Prepend("v=0").Concat(media));

    private static Gen<byte[]> Mutated =>
        from file in Gen.Elements(Files)
        from changes in Gen.Zip(Gen.Choose(0, int.MaxValue), Gen.Frequency((3, Gen.Choose(0, 255)), (1, Gen.Elements(' ', '\r', '\n', '=', ':', '/').Select(c => (int)c)))).ListOf()
        from cut in Gen.Frequency((4, Gen.Constant(int.MaxValue)), (1, Gen.Choose(0, file.Length)))
        select Mutate(file, changes, cut);

    private static byte[] Mutate(byte[] file, IEnumerable<(int At, int Octet)> changes, int cut)
    {
        var copy = file[..Math.Min(cut, file.Length)];
        foreach (var (at, octet) in changes)
        {
            if (copy.Length > 0)
            {
                copy[at % copy.Length] = (byte)octet;
            }
        }

        return copy;
    }

    [Fact]
    public void Generated_descriptions_are_rewritten_soundly() =>
        Prop.ForAll(Arb.From(Generated), text => IsSound(SdpSamples.Bytes(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Damaged_descriptions_are_refused_or_rewritten_soundly() =>
        Prop.ForAll(Arb.From(Mutated), IsSound).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Nothing_outside_is_read() =>
        Prop.ForAll(Arb.From(Mutated), bytes =>
        {
            var alone = Outcome(bytes, 0, bytes.Length);
            return alone == Outcome(Surround(bytes, "\nc=IN IP4 203.0.113.66\r\nm=audio 1 RTP/AVP 0\r\n"), 64, bytes.Length) &&
                alone == Outcome(Surround(bytes, "0 0 0 0/1\0\0"), 64, bytes.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static byte[] Surround(byte[] bytes, string noise)
    {
        var around = SdpSamples.Bytes(string.Concat(Enumerable.Repeat(noise, 64)));
        return [.. around[^64..], .. bytes, .. around[..64]];
    }

    private static string Outcome(byte[] buffer, int offset, int length)
    {
        var description = new SdpDescription();
        var fault = SdpParser.Parse(description, buffer, offset, length);
        return fault == SdpFault.None ? SdpSamples.Text(SdpSamples.Rewrite(description, OurAddress)) : $"{fault}";
    }

    /// <summary>Refused, or: what is written is good, as many streams long, ours, and written again the same.</summary>
    private static bool IsSound(byte[] bytes)
    {
        var source = new SdpDescription();
        if (SdpParser.Parse(source, bytes, 0, bytes.Length) != SdpFault.None)
        {
            return source.MediaCount == 0;
        }

        var written = SdpSamples.Rewrite(source, OurAddress);
        var again = SdpSamples.Parse(written);
        var isOurs = again.Connection.IsHold || again.Connection.Kind == SdpConnectionKind.None || IsOurs(again, again.Connection);
        for (var i = 0; i < again.MediaCount; i++)
        {
            ref readonly var media = ref again.Media(i);
            isOurs &= media.Port == (media.IsUdp ? 30000 + 2 * i : 0) && (media.HasHoldAddress || IsOurs(again, media.Connection));
        }

        return isOurs && IsFilteredSoundly(source) && again.MediaCount == source.MediaCount && written.AsSpan().SequenceEqual(SdpSamples.Rewrite(again, OurAddress));
    }

    /// <summary>Half of the formats are taken away: what is written can be read, has the same streams, and those that are refused have no port.</summary>
    private static bool IsFilteredSoundly(SdpDescription source)
    {
        var filter = new SdpCodecFilter();
        filter.Read(source, new SdpCodecRules { Remove = [SdpCodec.TryParse("PCMU")!, SdpCodec.TryParse("opus")!], Prefer = [SdpCodec.TryParse("PCMA")!] }, isOffer: true);
        var destination = new byte[SdpDescription.MaxLength * 2];
        var length = SdpRewriter.Write(source, new SdpOrigin(4711, 2, IpAddress.Parse(OurAddress)), SdpSamples.Streams(source.MediaCount), destination, filter);
        var written = SdpSamples.Parse(destination[..length]);
        var isSound = written.MediaCount == source.MediaCount;
        for (var i = 0; isSound && i < written.MediaCount; i++)
        {
            isSound &= (written.Media(i).Port == 0) == (filter.IsRefused(i) || !source.Media(i).IsUdp);
        }

        return isSound;
    }

    private static bool IsOurs(SdpDescription description, in SdpConnection connection) =>
        SdpSamples.Text(description.Bytes(connection.Host)) == OurAddress;
}
