using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>What the gateway does not understand crosses byte for byte, in requests and in answers.</summary>
public sealed class CrossingProperties
{
    private const string Printable = "abcXYZ019 \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~äß€\u0001";

    private static readonly Gen<string> Name = Gen.Elements("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789-.!%*_+`'~".ToCharArray()).ArrayOf().Where(name => name.Length > 0).Select(name => "X-" + new string(name));

    private static readonly Gen<string> Value =
        from text in Gen.Elements(Printable.ToCharArray()).ArrayOf()
        from folds in Gen.Choose(0, 2)
        select "v" + new string(text) + string.Concat(Enumerable.Repeat("\r\n \tfolded", folds));

    private static readonly Gen<string> Field =
        from name in Name
        from colon in Gen.Elements(":", ": ", " : ", ":\t")
        from value in Value
        select name + colon + value.TrimEnd(' ', '\t') + "\r\n";

    /// <summary>Bob takes everything over UDP, however large.</summary>
    private static CallScene NewScene() => new(new SceneOptions { Peer = peer => peer with { LargeRequests = LargeRequests.Udp } });

    [Fact]
    public void Unknown_fields_cross_byte_for_byte() => Prop.ForAll(Arb.From(Field.ArrayOf(5)), fields =>
    {
        using var scene = NewScene();
        var headers = string.Concat(fields);
        var a = scene.Alice.Call(headers: headers);
        var b = scene.Bob.ExpectCall();
        var isRequestWhole = b.Asked.Text.Contains(headers, StringComparison.Ordinal);
        b.Answer(480, headers: headers);
        b.ExpectRequest("ACK");
        var isAnswerWhole = a.Expect(480).Text.Contains(headers, StringComparison.Ordinal);
        scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 480);
        return isRequestWhole && isAnswerWhole;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Unknown_bodies_cross_byte_for_byte() => Prop.ForAll(Arb.From(Gen.Elements(Printable.ToCharArray()).ArrayOf()), text =>
    {
        using var scene = NewScene();
        var body = "b" + new string(text);
        var a = scene.Alice.Dialog();
        a.Invite(body, "MIME-Version: 1.0\r\nContent-Disposition: render\r\n", "application/x-own;p=\"q\"");
        var b = scene.Bob.ExpectCall();
        var asked = b.Asked.Parse();
        var isWhole = Encoding.UTF8.GetString(asked.BodyOctets) == body && b.Asked.Text.Contains("\r\nContent-Type: application/x-own;p=\"q\"\r\n", StringComparison.Ordinal) &&
            b.Asked.Text.Contains("\r\nContent-Disposition: render\r\n", StringComparison.Ordinal);
        b.Answer(486, body, type: "text/own");
        var response = a.Expect(486);
        scene.End();
        return isWhole && Encoding.UTF8.GetString(response.Parse().BodyOctets) == body;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
}
