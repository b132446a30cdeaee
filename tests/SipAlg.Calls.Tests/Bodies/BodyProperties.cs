using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Bodies;
using SipAlg.Calls.Headers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Xml;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Hostile;

namespace SipAlg.Calls.Tests.Bodies;

/// <summary>Whatever a body holds: where nothing is to be written anew it crosses byte for byte, and nothing that has a host keeps it.</summary>
public sealed class BodyProperties : IDisposable
{
    private const string Hidden = "hidden.example";
    private readonly CallScene _scene = new();

    private static readonly Gen<string> Plain = Gen.Elements(
        "<state code=\"1\">early</state>", "<!-- <identity>sip:a@b</identity> -->", "<param pname='x' pval=\"a &gt; b\"/>", "text &amp; more", "<note>ä € 😀</note>", "\r\n\t", "<?pi x?>",
        "<dialog id='1' direction=\"initiator\"></dialog>", "<a b='c'/>", "<![CDATA[ <x uri=\"y\"> ]]>", "<duration>274</duration>", "<dialog call-id='q' local-tag='r'/>");

    private static readonly Gen<string> Address = Gen.Elements(
        $"<identity>sip:1@{Hidden}</identity>", $"<target uri=\"sip:2@{Hidden}:5070;transport=udp\"/>", $"<x:hop>\r\nsip:{Hidden};lr</x:hop>", $"<a entity='pres:3@{Hidden}'>",
        $"<contact>{Hidden}</contact>", $"<referred-by><![CDATA[sip:4@{Hidden}?x=y]]></referred-by>", $"<session-description>c=IN IP4 {Hidden}</session-description>",
        $"<identity>sip:5&#64;{Hidden}</identity>", $"<contact>https://{Hidden}/?a&amp;b</contact>", $"<b uri=sip:6@{Hidden}>");

    private (bool IsWhole, string Text) Cross(byte[] body)
    {
        var writer = new MessageWriter(new byte[SipLimits.Message]);
        var shown = IpEndpoint.Parse("198.51.100.1:5060");
        var isWhole = new XmlEvents(_scene.Calls, new BodyReader("reader.example"u8, new DialogReader(0, null, _scene.Alice.Flow, shown))).TryWrite(ref writer, body);
        return (isWhole && !writer.Overflowed, Encoding.UTF8.GetString(writer.Written));
    }

    [Fact]
    public void What_names_nobody_crosses_byte_for_byte() => Prop.ForAll(Arb.From(Plain.ArrayOf()), parts =>
    {
        var body = $"<dialog-info version='1'>{string.Concat(parts)}</dialog-info>";
        return Cross(Encoding.UTF8.GetBytes(body)) == (true, body);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void No_host_is_seen_and_all_else_is() => Prop.ForAll(Arb.From(Gen.OneOf(Plain, Address).ArrayOf()), parts =>
    {
        var (isWhole, text) = Cross(Encoding.UTF8.GetBytes($"<dialog-info version='1'>{string.Concat(parts)}</dialog-info>"));
        var places = parts.Where(part => !part.Contains(Hidden, StringComparison.Ordinal)).ToArray();
        var at = 0;
        foreach (var part in places)
        {
            at = text.IndexOf(part, at, StringComparison.Ordinal) + part.Length;
            if (at < part.Length)
            {
                return false;
            }
        }

        return isWhole && !text.Contains(Hidden, StringComparison.Ordinal);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Damage is refused, or what is written is as sound as what came.</summary>
    [Fact]
    public void Damaged_bodies_do_no_harm() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.OneOf(Plain, Address).ArrayOf()), (seed, parts) =>
    {
        var damaged = new Mutator(seed).Damage(Encoding.UTF8.GetBytes($"<dialog-info entity='sip:0@{Hidden}'>{string.Concat(parts)}</dialog-info>"));
        var (isWhole, text) = Cross(damaged);
        if (!isWhole)
        {
            return true;
        }

        var again = new XmlScanner(Encoding.UTF8.GetBytes(text));
        while (again.MoveNext())
        {
            // Only its end matters.
        }

        return !again.IsMalformed && Cross(Encoding.UTF8.GetBytes(text)).IsWhole;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    public void Dispose() => _scene.Dispose();
}
