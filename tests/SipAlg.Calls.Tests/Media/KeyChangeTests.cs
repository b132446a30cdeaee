using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Srtp;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Keys of a session that changes: hold, new keys, several early dialogs, transfers.</summary>
public sealed class KeyChangeTests : KeyTest
{
    private void Reinvite(PhoneDialog asks, string offer, PhoneDialog asked, string answer)
    {
        asks.Invite(offer);
        asked.ExpectRequest("INVITE");
        asked.Accept(answer);
    }

    /// <summary>RFC 3711 §3.3.1: the count of roll-overs goes on with the key.</summary>
    [Fact]
    public void Hold_and_resume_with_the_same_keys_go_on_in_the_middle_of_a_round()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        (OfAlice.Number, OfBob.Number) = (65530, 65532);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Media());
        for (var packet = 0; packet < 10; packet++)
        {
            Crosses(OfAlice, OfBob);
        }

        var lines = OfAlice.Lines;
        foreach (var direction in new[] { "a=sendonly\r\n", "a=sendrecv\r\n" })
        {
            Reinvite(a, ByAlice(OfAlice.Media(more: direction), 2), b, ByBob(OfBob.Media(more: direction.Replace("sendonly", "recvonly", StringComparison.Ordinal)), 2));
            Told(OfAlice, a.ExpectAnswered());
            ToldOutside(OfBob, b.Asked);
        }

        Assert.Equal(lines, OfAlice.Lines);
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(SrtpSuite.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpSuite.AeadAes128Gcm)]
    public void Who_has_a_new_key_gets_a_new_one(SrtpSuite next)
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        (OfAlice.Number, OfBob.Number) = (65534, 65534);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Plain());
        for (var packet = 0; packet < 4; packet++)
        {
            Crosses(OfAlice, OfBob);
        }

        var before = OfAlice.Lines[0];
        OfAlice.NewKey();
        Reinvite(a, ByAlice(OfAlice.Media(tag: 2, suite: next), 2), b, ByBob(OfBob.Plain(), 2));
        Told(OfAlice, a.ExpectAnswered());
        Assert.NotEqual(before[before.IndexOf("inline", StringComparison.Ordinal)..], OfAlice.Lines[0][OfAlice.Lines[0].IndexOf("inline", StringComparison.Ordinal)..]);
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void An_update_brings_a_new_key_too()
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Plain());
        OfAlice.NewKey();
        a.Request("UPDATE", "Contact: <" + Alice.Contact + ">\r\n", ByAlice(OfAlice.Media(), 2));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200, ByBob(OfBob.Plain(), 2), headers: $"Contact: <{Bob.Contact}>\r\n");
        Told(OfAlice, a.Expect(200));
        Crosses(OfAlice, OfBob);
    }

    [Fact]
    public void A_new_key_that_is_refused_changes_nothing()
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Plain());
        Crosses(OfAlice, OfBob);
        using var other = new SrtpEnd(SceneModel.AliceAddress);
        a.Invite(ByAlice(other.Media(), 2));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        a.Expect(488);
        a.Ack();
        Crosses(OfAlice, OfBob);
    }

    [Fact]
    public void An_offer_without_keys_in_a_call_that_must_have_them_is_refused_and_the_call_goes_on()
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Plain());
        a.Invite(ByAlice(OfAlice.Plain(), 2));
        a.Expect(488);
        a.Ack();
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_side_with_optional_keys_may_leave_them_and_come_back()
    {
        Have(SrtpMode.Optional, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media("RTP/AVP"), OfBob.Plain());
        Crosses(OfAlice, OfBob);
        Reinvite(a, ByAlice(OfAlice.Plain(), 2), b, ByBob(OfBob.Plain(), 2));
        Told(OfAlice, a.ExpectAnswered());
        OfAlice.BePlain();
        Crosses(OfAlice, OfBob);
        Reinvite(a, ByAlice(OfAlice.Media("RTP/AVP"), 3), b, ByBob(OfBob.Plain(), 3));
        Told(OfAlice, a.ExpectAnswered());
        Crosses(OfAlice, OfBob);
    }

    [Fact]
    public void The_callee_may_offer_too()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Media());
        Crosses(OfAlice, OfBob);
        OfBob.NewKey();
        Reinvite(b, ByBob(OfBob.Media(tag: 3), 2), a, ByAlice(OfAlice.Media(), 2));
        ToldOutside(OfBob, b.ExpectAnswered());
        Told(OfAlice, a.Asked);
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>The callee's proxy forks: each of its phones has a key of its own for the same offer.</summary>
    [Fact]
    public void Early_media_of_several_dialogs_have_each_their_key()
    {
        Have(SrtpMode.Off, SrtpMode.Required);
        using var second = new SrtpEnd(SceneModel.BobAddress);
        var a = Alice.Call(body: ByAlice(OfAlice.Plain()));
        var b = Bob.ExpectCall();
        var other = new PhoneDialog(Bob, b.Asked);
        b.Answer(183, ByBob(OfBob.Media()));
        Told(OfAlice, a.Expect(183));
        ToldOutside(OfBob, b.Asked);
        Crosses(OfAlice, OfBob);

        other.Answer(183, ByBob(second.Media(tag: 2, suite: SrtpSuite.AeadAes128Gcm)));
        a.Another().Expect(183);
        ToldOutside(second, other.Asked);
        Assert.Equal(OfAlice.Send(), second.Receive());
        Assert.Equal(second.Send(), OfAlice.Receive());

        // The first one answers: its key holds again, and its count goes on.
        b.Accept(ByBob(OfBob.Media()));
        a.ExpectAnswered();
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Digits_are_converted_in_what_was_decrypted()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        HaveDigits(DtmfMode.Rfc4733, DtmfMode.Info);
        const string Events = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";
        var (a, b) = Talk(OfAlice.Media().Replace("SAVP 8", "SAVP 8 101", StringComparison.Ordinal) + Events, OfBob.Media());
        Assert.DoesNotContain("telephone-event", BodyOf(b.Asked), StringComparison.Ordinal);
        Crosses(OfAlice, OfBob);
        var packet = new byte[16];
        (packet[0], packet[1]) = (0x80, 101);
        BitConverter.TryWriteBytes(packet.AsSpan(8), OfAlice.Ssrc);
        (packet[12], packet[13], packet[14]) = (5, 0x8A, 3);
        for (var times = 0; times < 3; times++)
        {
            (packet[2], packet[3]) = ((byte)(OfAlice.Number >> 8), (byte)OfAlice.Number++);
            OfAlice.Send(packet);
        }

        Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Inside).Dropped(DropReason.Converted) == 3, TimeSpan.FromSeconds(20)), "taken");
        Assert.True(SpinWait.SpinUntil(() =>
        {
            Scene.Advance(20);
            return Bob.Inbox.Count > 0;
        }, TimeSpan.FromSeconds(20)), "told");
        Assert.Contains("Signal=5", b.ExpectRequest("INFO").Text, StringComparison.Ordinal);
    }

    /// <summary>Bob stays with his keys; carol, who takes alice's place, has none.</summary>
    [Theory]
    [InlineData(SrtpMode.Required, SrtpMode.Off)]
    [InlineData(SrtpMode.Off, SrtpMode.Required)]
    [InlineData(SrtpMode.Required, SrtpMode.Required)]
    public void A_transfer_gives_who_comes_keys_of_its_own(SrtpMode bob, SrtpMode carol)
    {
        Have(SrtpMode.Required, bob, carol);
        var (a, b) = Talk(OfAlice.Media(), bob == SrtpMode.Off ? OfBob.Plain() : OfBob.Media());
        Crosses(OfAlice, OfBob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        ToldOutside(OfCarol, c.Asked);
        Assert.Equal((carol == SrtpMode.Off ? "RTP/AVP" : "RTP/SAVP", carol == SrtpMode.Off ? 0 : 4), (OfCarol.Profile, OfCarol.Lines.Length));
        c.Accept(Carol.Sdp(1, null, carol == SrtpMode.Off ? OfCarol.Plain() : OfCarol.Media()));
        ToldOutside(OfCarol, c.Asked);
        b.ExpectRequest("INVITE");
        b.Accept(ByBob(bob == SrtpMode.Off ? OfBob.Plain() : OfBob.Media(), 2));
        ToldOutside(OfBob, b.Asked);
        Assert.Equal((bob == SrtpMode.Off ? "RTP/AVP" : "RTP/SAVP", bob == SrtpMode.Off ? 0 : 1), (OfBob.Profile, OfBob.Lines.Length));
        Crosses(OfBob, OfCarol);
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Crosses(OfBob, OfCarol);
        b.Bye();
        Bob.ExpectResponse(200);
        c.ExpectBye();
        Scene.End();
    }
}
