using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Hostile;

namespace SipAlg.Protocol.Tests.Sip;

public sealed class SipPropertyTests
{
    private static readonly byte[][] Files =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "sip-torture"), "*.dat", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static readonly string[] Hosts = ["example.com", "192.0.2.7", "[2001:db8::7]", "a-b.c_d.example"];
    private static readonly string[] Users = ["alice", "+4930123;phone-context=+49", "a%20b", "x?y/z", "1&2=3$4,5", "joe:pw"];
    private static readonly string[] Ends = ["", ":5060", ":65535"];
    private static readonly string[] Names = ["", "Bob ", "\"Bob, \\\"the <x>\\\"\" ", "Ä B  "];
    private static readonly string[] Folds = ["", " ", "\r\n ", "\r\n\t  "];
    private static readonly string[] Others = ["Subject: x", "k: timer, 100rel", "Contact: <sip:a@b>;expires=5, sip:c@d", "X-1:", "X-2 : \"q\\\"\"", "Route: <sip:a;lr>,<sip:b;lr>", "X-3: a\r\n b"];

    private static Gen<string> Uri =>
        from user in Gen.Elements(Users)
        from host in Gen.Elements(Hosts)
        from end in Gen.Elements(Ends)
        from tail in Gen.Elements("", ";transport=tcp", ";lr;x=%41")
        select $"sip:{user}@{host}{end}{tail}";

    private static Gen<string> Address =>
        from name in Gen.Elements(Names)
        from uri in Uri
        from fold in Gen.Elements(Folds)
        from tag in Gen.Elements("", ";tag=a.b-c", " ; x=\"<;,>\" ; tag = 1")
        select $"{fold}{name}<{uri}>{fold}{tag}";

    private static Gen<string> Via =>
        from slash in Gen.Elements("/", " / ", "\r\n /")
        from transport in Gen.Elements("UDP", "tcp", "X-NEW")
        from host in Gen.Elements(Hosts)
        from end in Gen.Elements("", ":5060", " : 5060")
        from tail in Gen.Elements(";branch=z9hG4bK.1", ";rport;branch=z9hG4bK-2;received=::1", "")
        from more in Gen.Elements("", ", SIP/2.0/UDP other")
        select $"SIP{slash}2.0{slash}{transport} {host}{end}{tail}{more}";

    private static Gen<string> Valid =>
        from start in Gen.OneOf(Uri.Select(uri => $"INVITE {uri} SIP/2.0"), Gen.Elements("SIP/2.0 200 OK", "SIP/2.0 404 ", "SIP/2.0 180"))
        from via in Via
        from sender in Address
        from receiver in Address
        from number in Gen.Choose(0, int.MaxValue)
        from others in Gen.Elements(Others).ListOf()
        from order in Gen.Choose(0, int.MaxValue)
        from body in Gen.Elements("", "v=0\r\n\r\nx", "\r\n")
        from length in Gen.Elements("Content-Length: ", "l:", "CONTENT-LENGTH \t: \r\n ")
        select Build(start, [$"Via: {via}", $"f: {sender}", $"To:{receiver}", "Call-ID: a@b", $"CSeq: {number}\r\n INVITE", length + body.Length, .. others], order, body);

    private static string Build(string start, string[] lines, int order, string body)
    {
        new Random(order).Shuffle(lines);
        return string.Join("\r\n", [start, .. lines, "", body]);
    }

    [Fact]
    public void Sound_messages_are_read_on_streams_and_in_datagrams() =>
        Prop.ForAll(Arb.From(Valid), text => Sample.Fault(text) == MessageFault.None && MessageSoundness.Check(Sample.Octets(text), isStream: true) is null &&
            Sample.Fault(text, isStream: true) == MessageFault.None).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Damaged_messages_are_faults_or_sound() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(Files)), Arb.From(Gen.Elements(true, false)), (seed, file, isStream) =>
            MessageSoundness.Check(new Mutator(seed).Damage(file), isStream) is null).Check(Config.QuickThrowOnFailure.WithMaxTest(10000));

    [Fact]
    public void Damaged_sound_messages_are_faults_or_sound() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Valid), (seed, text) =>
            MessageSoundness.Check(new Mutator(seed).Damage(Sample.Octets(text)), isStream: false) is null).Check(Config.QuickThrowOnFailure.WithMaxTest(10000));

    [Fact]
    public void What_is_written_is_read_again_the_same() =>
        Prop.ForAll(Arb.From(Valid), text =>
        {
            var read = Sample.Read(text);
            var again = Sample.Read(Write(read), isStream: true);
            return Same(read, again) && Write(again) == Write(read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>The fields of a message as the gateway writes them: known ones by their full name.</summary>
    private static string Write(SipMessage message)
    {
        var writer = new MessageWriter(new byte[65536]);
        if (message.IsRequest)
        {
            writer.Write(message[message.MethodText]);
            writer.Write((byte)' ');
            writer.Write(message[message.RequestUri]);
            writer.Write(" SIP/2.0"u8);
        }
        else
        {
            writer.Write("SIP/2.0 "u8);
            writer.Write(message.Status);
            writer.Write((byte)' ');
            writer.Write(message[message.Reason]);
        }

        writer.EndLine();
        foreach (var field in message.Fields)
        {
            if (field.Id != HeaderId.ContentLength)
            {
                writer.Field(field.Id == HeaderId.Other ? message[field.Name] : HeaderNames.Name(field.Id), message[field.Value]);
            }
        }

        writer.Finish(message.BodyOctets);
        Assert.False(writer.Overflowed);
        return Sample.Text(writer.Written);
    }

    private static bool Same(SipMessage one, SipMessage other)
    {
        bool SameText(Slice a, Slice b) => one[a].SequenceEqual(other[b]);
        var ours = one.Fields.ToArray().Where(field => field.Id != HeaderId.ContentLength).ToArray();
        var theirs = other.Fields.ToArray().Where(field => field.Id != HeaderId.ContentLength).ToArray();
        return ours.Length == theirs.Length && ours.Zip(theirs).All(pair => pair.First.Id == pair.Second.Id && SameText(pair.First.Value, pair.Second.Value)) &&
            one.Status == other.Status && one.CSeq == other.CSeq && one.Method == other.Method && SameText(one.RequestUri, other.RequestUri) &&
            SameText(one.Reason, other.Reason) && SameText(one.CallId, other.CallId) && SameText(one.FromTag, other.FromTag) && SameText(one.ToTag, other.ToTag) &&
            SameText(one.TopVia, other.TopVia) && SameText(one.Branch, other.Branch) && SameText(one.Body, other.Body);
    }
}
