using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Hostile;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>What transfers are made of: names of dialogs, header fields in URIs, sipfrag bodies, Event ids.</summary>
public sealed class TransferValueTests
{
    [Theory]
    [InlineData(HeaderId.Replaces, "a@b;to-tag=1;from-tag=2", "a@b", "1", "2", false)]
    [InlineData(HeaderId.Replaces, " a@b \r\n ; FROM-TAG = 2 ;x=\"y;z\";Early-Only; to-tag=1 ", "a@b", "1", "2", true)]
    [InlineData(HeaderId.Join, "(x):<y>;from-tag=2;to-tag=1", "(x):<y>", "1", "2", false)]
    [InlineData(HeaderId.TargetDialog, "a;local-tag=1;remote-tag=2;early-only=x", "a", "1", "2", true)]
    public void A_dialog_is_named_by_call_id_and_tags(HeaderId header, string text, string callId, string local, string remote, bool isEarlyOnly)
    {
        Assert.True(DialogReference.TryParse(header, Sample.Octets(text), out var reference));
        Assert.Equal((callId, local, remote, isEarlyOnly), (Sample.Text(reference.CallId), Sample.Text(reference.LocalTag), Sample.Text(reference.RemoteTag), reference.IsEarlyOnly));
    }

    [Theory]
    [InlineData(HeaderId.Replaces, "")]
    [InlineData(HeaderId.Replaces, "a@b")]
    [InlineData(HeaderId.Replaces, ";to-tag=1;from-tag=2")]
    [InlineData(HeaderId.Replaces, "a b;to-tag=1;from-tag=2")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1;from-tag")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1;to-tag=1;from-tag=2")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1;from-tag=2;from-tag=3")]
    [InlineData(HeaderId.Replaces, "a;to-tag=\"1\";from-tag=2")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1;from-tag=2;;")]
    [InlineData(HeaderId.Replaces, "a;local-tag=1;remote-tag=2")]
    [InlineData(HeaderId.TargetDialog, "a;to-tag=1;from-tag=2")]
    [InlineData(HeaderId.Replaces, "a;to-tag=1;from-tag=2, b;to-tag=3;from-tag=4")]
    public void Anything_else_names_none(HeaderId header, string text) => Assert.False(DialogReference.TryParse(header, Sample.Octets(text), out _));

    [Theory]
    [InlineData("", "")]
    [InlineData("Replaces=a%40b%3Bto-tag%3D1&Require=replaces", "Replaces|a%40b%3Bto-tag%3D1 Require|replaces")]
    [InlineData("&a&=x&b=&c=d=e&", "a| b| c|d=e")]
    public void Header_fields_of_a_uri_are_told_apart(string text, string fields)
    {
        var found = new List<string>();
        var headers = new UriHeaders(Sample.Octets(text));
        while (headers.MoveNext())
        {
            found.Add($"{Sample.Text(headers.Name)}|{Sample.Text(headers.Value)}");
        }

        Assert.Equal(fields, string.Join(' ', found));
    }

    [Fact]
    public void A_value_is_escaped_for_a_uri_and_back()
    {
        Assert.Equal("12%4012%3Bfrom-tag%3D1%3Bto-tag%3D2%20%25%26", Escaped("12@12;from-tag=1;to-tag=2 %&"u8.ToArray()));
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), octets =>
        {
            var escaped = Escaped(octets);
            var back = new byte[octets.Length];
            return SipUri.TryParse(Sample.Octets($"sip:a@b?X={escaped}"), out _) && SipUri.Unescape(Sample.Octets(escaped), back) == octets.Length && back.SequenceEqual(octets);
        }).Check(Config.QuickThrowOnFailure);
    }

    private static string Escaped(byte[] value)
    {
        var writer = new MessageWriter(new byte[(3 * value.Length) + 1]);
        UriHeaders.WriteValue(ref writer, value);
        return Sample.Text(writer.Written);
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK", 200, "SIP/2.0 200 OK\r\n")]
    [InlineData("SIP/2.0 100", 100, "SIP/2.0 100\r\n")]
    [InlineData("SIP/2.0 180 Ringing\r\nContact: <sip:a@b>\r\nVia: x\r\n\r\nbody: y\r\n", 180, "SIP/2.0 180 Ringing\r\n")]
    [InlineData("sip/2.0 503 Busy\nRetry-After: 5\nReason : Q.850;cause=17\n Contact: <sip:a@b>\nREASON: SIP;cause=3\r\nRetry-After:\r\n\t7\r\n", 503, "sip/2.0 503 Busy\r\nRetry-After: 5\r\nREASON: SIP;cause=3\r\n")]
    [InlineData("SIP/2.0 200 OK\r\nReason: a\rContact: x\r\nReason: b", 200, "SIP/2.0 200 OK\r\nReason: b\r\n")]
    public void Only_the_harmless_of_a_fragment_is_written(string body, int status, string written)
    {
        Assert.True(SipFragment.TryParse(Sample.Octets(body), out var fragment));
        Assert.Equal(status, fragment.Status);
        var writer = new MessageWriter(new byte[200]);
        fragment.WriteHarmless(ref writer);
        Assert.Equal(written, Sample.Text(writer.Written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0 20 OK")]
    [InlineData("SIP/2.0 2000 OK")]
    [InlineData("SIP/2.0 099 OK")]
    [InlineData("SIP/3.0 200 OK")]
    [InlineData("SIP/2.0 200 a\rContact: x\r\n")]
    [InlineData("\r\nSIP/2.0 200 OK")]
    [InlineData("INVITE sip:a@b SIP/2.0\r\n")]
    [InlineData("Contact: <sip:a@b>\r\n")]
    public void What_has_no_status_line_is_no_fragment(string body) => Assert.False(SipFragment.TryParse(Sample.Octets(body), out _));

    [Theory]
    [InlineData("refer", true, 0)]
    [InlineData("REFER ; id=93809823", true, 93809823)]
    [InlineData("refer;x=1;ID=7", true, 7)]
    [InlineData("refer;id=a", true, 0)]
    [InlineData("refer.x;id=7", false, 7)]
    public void An_event_has_its_id(string value, bool isRefer, uint id)
    {
        Assert.Equal(isRefer, EventValue.Is(Sample.Octets(value), "refer"u8));
        Assert.Equal(id != 0, EventValue.TryId(Sample.Octets(value), out var found));
        Assert.Equal(id, found);
    }

    [Theory]
    [InlineData("refer;id=7", "refer;id=5")]
    [InlineData("refer;a=b;id=7;c", "refer;id=5;a=b;c")]
    [InlineData("refer", "refer;id=5")]
    public void Another_id_is_written(string value, string written)
    {
        var writer = new MessageWriter(new byte[100]);
        EventValue.WriteWithId(ref writer, Sample.Octets(value), 5);
        Assert.Equal(written, Sample.Text(writer.Written));
    }

    [Fact]
    public void What_is_written_is_read_again_the_same() => Prop.ForAll(Arb.From(Name), Arb.From(Name), ArbMap.Default.ArbFor<bool>(), (one, two, isEarlyOnly) =>
    {
        var writer = new MessageWriter(new byte[4000]);
        DialogReference.Write(ref writer, HeaderId.Replaces, Sample.Octets(one + "@" + two), Sample.Octets(two), Sample.Octets(one), isEarlyOnly);
        return DialogReference.TryParse(HeaderId.Replaces, writer.Written, out var read) && Sample.Text(read.CallId) == one + "@" + two && Sample.Text(read.LocalTag) == two &&
            Sample.Text(read.RemoteTag) == one && read.IsEarlyOnly == isEarlyOnly;
    }).Check(Config.QuickThrowOnFailure);

    private static Gen<string> Name => Gen.Elements("abcXYZ019-.!%*_+`'~".ToCharArray()).NonEmptyListOf().Select(letters => new string([.. letters]));

    /// <summary>What is read of damaged values is sound: nothing of it breaks out of the line or the URI that it is written into.</summary>
    [Fact]
    public void Damaged_values_are_refused_or_sound() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(Seeds)), (seed, text) =>
    {
        var octets = new Mutator(seed).Damage(Sample.Octets(text));
        var writer = new MessageWriter(new byte[200_000]);
        if (DialogReference.TryParse(HeaderId.Replaces, octets, out var reference))
        {
            DialogReference.Write(ref writer, HeaderId.Replaces, reference.CallId, reference.LocalTag, reference.RemoteTag, reference.IsEarlyOnly);
            return writer.Written.IndexOfAny("\r\n ,"u8) < 0;
        }

        if (SipFragment.TryParse(octets, out var fragment))
        {
            fragment.WriteHarmless(ref writer);
            return Encoding.UTF8.GetString(writer.Written).Split("\r\n").All(line => !line.StartsWith("Contact", StringComparison.OrdinalIgnoreCase) && !line.Contains('\n', StringComparison.Ordinal));
        }

        var headers = new UriHeaders(octets);
        while (headers.MoveNext())
        {
            if (headers.Name.IsEmpty || headers.Value.Contains((byte)'&'))
            {
                return false;
            }
        }

        _ = EventValue.TryId(octets, out _);
        EventValue.WriteWithId(ref writer, octets, 1);
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static readonly string[] Seeds =
    [
        "a@b;to-tag=1;from-tag=2;early-only", "SIP/2.0 200 OK\r\nContact: <sip:a@b>\r\nReason: x\r\n", "Replaces=a%40b%3Bto-tag%3D1&Require=replaces&X=y", "refer;id=93809824;x=\"y\"",
    ];
}
