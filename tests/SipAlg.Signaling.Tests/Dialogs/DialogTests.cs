using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Tests.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Dialogs;

/// <summary>RFC 3261 §12.</summary>
public sealed class DialogTests
{
    private readonly DialogBuilder _builder = new();
    private readonly Scene _scene = new();

    [Fact]
    public void Their_request_makes_a_dialog_with_the_routes_in_order()
    {
        var dialog = _builder.FromRequest(Parse("INVITE sip:us@gw SIP/2.0", Core + "Contact: \"B\" <sip:b@10.0.0.9:5070;x=y>;expires=9, <sip:c@d>\r\n" +
            "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n"), "ours"u8);
        Assert.Equal("1@c", Text(dialog.CallId));
        Assert.Equal("<sip:us@gw>;tag=ours", Text(dialog.LocalAddress));
        Assert.Equal("\"B\" <sip:b@c>;tag=theirs", Text(dialog.RemoteAddress));
        Assert.Equal("theirs", Text(dialog.RemoteTag));
        Assert.Equal("sip:b@10.0.0.9:5070;x=y", Text(dialog.RemoteTarget));
        Assert.Equal("<sip:p1;lr>, <sip:p2;lr>, <sip:p3;lr>", Text(dialog.Routes));
        Assert.Equal("sip:p1;lr", Text(dialog.NextHop));
        Assert.Equal((0u, 5u), (dialog.LocalSequence, dialog.RemoteSequence));
    }

    [Fact]
    public void Their_response_makes_a_dialog_with_the_routes_reversed()
    {
        var asked = Asked();
        Assert.Equal((1u, "sip:b@peer", ""), (asked.LocalSequence, Text(asked.RemoteTarget), Text(asked.RemoteTag)));
        var dialog = _builder.FromResponse(asked, Parse("SIP/2.0 200 OK", Answered + "Contact: <sip:b@10.0.0.9>\r\n" +
            "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n"));
        Assert.Equal("<sip:b@c>;tag=theirs", Text(dialog.RemoteAddress));
        Assert.Equal("sip:b@10.0.0.9", Text(dialog.RemoteTarget));
        Assert.Equal("<sip:p3;lr>, <sip:p2;lr>, <sip:p1;lr>", Text(dialog.Routes));
        Assert.Equal(1u, dialog.LocalSequence);
    }

    [Fact]
    public void Routes_of_a_long_way_are_all_kept()
    {
        var way = Enumerable.Range(0, 70).Select(hop => $"<sip:p{hop};lr>").ToArray();
        var dialog = _builder.FromResponse(Asked(), Parse("SIP/2.0 200 OK", Answered + "Record-Route: " + string.Join(',', way) + "\r\n"));
        Assert.Equal(string.Join(", ", way.Reverse()), Text(dialog.Routes));
    }

    [Fact]
    public void A_provisional_response_without_Contact_keeps_the_target() =>
        Assert.Equal("sip:b@peer", Text(_builder.FromResponse(Asked(), Parse("SIP/2.0 180 Ringing", Answered)).RemoteTarget));

    [Fact]
    public void A_new_Contact_moves_the_target_and_nothing_else()
    {
        var dialog = Established("<sip:p1;lr>");
        dialog.RemoteSequence = 8;
        var moved = _builder.WithTarget(dialog, Parse("INVITE sip:us@gw SIP/2.0", Core + "Contact: <sip:b@new>\r\nRecord-Route: <sip:evil;lr>\r\n"));
        Assert.Equal("sip:b@new", Text(moved.RemoteTarget));
        Assert.Equal((Text(dialog.CallId), Text(dialog.LocalAddress), Text(dialog.RemoteAddress), Text(dialog.Routes), Text(dialog.RemoteTag)),
            (Text(moved.CallId), Text(moved.LocalAddress), Text(moved.RemoteAddress), Text(moved.Routes), Text(moved.RemoteTag)));
        Assert.Equal((1u, 8u), (moved.LocalSequence, moved.RemoteSequence));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Contact: <sip:b@10.0.0.9>\r\n")]
    [InlineData("Contact: <sip:b@>\r\n")]
    [InlineData("Contact: *\r\n")]
    public void Without_a_new_sound_Contact_the_dialog_stays(string contact)
    {
        var dialog = Established("");
        Assert.Same(dialog, _builder.WithTarget(dialog, Parse("INVITE sip:us@gw SIP/2.0", Core + contact)));
    }

    [Fact]
    public void A_request_without_routes_goes_to_the_target()
    {
        Assert.Equal("BYE sip:b@10.0.0.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK*\r\nMax-Forwards: 69\r\n" +
            "From: <sip:us@gw>;tag=ours\r\nTo: <sip:b@c>;tag=theirs\r\nCall-ID: 1@c\r\nCSeq: 2 BYE\r\n", Write(Established("")));
        Assert.Equal("sip:b@10.0.0.9", Text(Established("").NextHop));
    }

    [Fact]
    public void Loose_routes_are_written_as_they_are()
    {
        var dialog = Established("<sip:p2;lr>,\"P\" <sip:p1;lr=on>;x");
        Assert.StartsWith("BYE sip:b@10.0.0.9 SIP/2.0\r\n", Write(dialog), StringComparison.Ordinal);
        Assert.Contains("\r\nRoute: \"P\" <sip:p1;lr=on>;x, <sip:p2;lr>\r\n", Write(dialog), StringComparison.Ordinal);
        Assert.Equal("sip:p1;lr=on", Text(dialog.NextHop));
    }

    [Theory]
    [InlineData("<sip:p1>", "<sip:b@10.0.0.9>")]
    [InlineData("<sip:p3;lr>, <sip:p2>, <sip:p1>", " <sip:p2>, <sip:p3;lr>, <sip:b@10.0.0.9>")]
    public void A_strict_router_takes_the_place_of_the_target(string recorded, string routes)
    {
        var text = Write(Established(recorded));
        Assert.StartsWith("BYE sip:p1 SIP/2.0\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"\r\nRoute: {routes}\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forgotten_2xx_has_all_that_its_ACK_needs()
    {
        var dialog = _builder.FromStrayResponse(Parse("SIP/2.0 200 OK", Answered + "Contact: <sip:b@10.0.0.9>\r\nRecord-Route: <sip:p1;lr>\r\n"));
        Assert.Equal(("1@c", "<sip:us@gw>;tag=ours", "<sip:b@c>;tag=theirs"), (Text(dialog.CallId), Text(dialog.LocalAddress), Text(dialog.RemoteAddress)));
        Assert.Equal(("sip:b@10.0.0.9", "<sip:p1;lr>", 5u), (Text(dialog.RemoteTarget), Text(dialog.Routes), dialog.LocalSequence));
    }

    private const string Core = "v: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: \"B\" <sip:b@c>;tag=theirs\r\nt: <sip:us@gw>\r\ni: 1@c\r\nCSeq: 5 INVITE\r\n";
    private const string Answered = "v: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: <sip:us@gw>;tag=ours\r\nt: <sip:b@c>;tag=theirs\r\ni: 1@c\r\nCSeq: 5 INVITE\r\n";

    private Dialog Asked() => _builder.FromOwnRequest("1@c"u8, "<sip:us@gw>;tag=ours"u8, "<sip:b@c>"u8, "sip:b@peer"u8);

    private Dialog Established(string recordRoute) => _builder.FromResponse(Asked(),
        Parse("SIP/2.0 200 OK", Answered + "Contact: <sip:b@10.0.0.9>\r\n" + (recordRoute.Length == 0 ? "" : $"Record-Route: {recordRoute}\r\n")));

    /// <summary>A BYE, with its random branch as "*".</summary>
    private string Write(Dialog dialog)
    {
        var writer = new MessageWriter(new byte[2048]);
        var transaction = _scene.Transactions.Reserve(SipMethod.Bye, default);
        dialog.WriteRequest(ref writer, SipMethod.Bye, 2, 69, new RequestVia(_scene.Transactions, transaction, Transport.Udp, IpEndpoint.Parse("192.0.2.1:5060")));
        _scene.Transactions.Abandon(transaction);
        var text = Text(writer.Written);
        var branch = text.IndexOf("z9hG4bK", StringComparison.Ordinal) + 7;
        return text[..branch] + "*" + text[text.IndexOf("\r\n", branch, StringComparison.Ordinal)..];
    }

    private static SipMessage Parse(string startLine, string fields)
    {
        var octets = Encoding.ASCII.GetBytes($"{startLine}\r\n{fields}\r\n");
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        return message;
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.ASCII.GetString(octets);
}
