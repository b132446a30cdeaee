using SipAlg.Calls.Model;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>A transfer behind one that failed while who stays was being asked, and who stays and does not answer to the point.</summary>
public sealed class TransferAnewTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    /// <summary>What the first one would be taken back with comes too late: he talks to somebody else by then.</summary>
    [Fact]
    public void What_was_before_is_not_restored_behind_the_next_one()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        c.Bye();
        c.Expect(200);
        ExpectReport(a, 480);
        Refer(Alice, a, ReferTo("dave", "gw"), "refer;id=4");
        var d = Dave.ExpectCall();
        d.Accept();
        b.Accept(Bob.Sdp(version: 2));
        Await(Bob);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200, "refer;id=4");
        a.Bye();
        Alice.ExpectResponse(200);
        Scene.Advance(10_000);
        Bob.ExpectNothing();
        Dave.ExpectNothing();
        HangUp(b, d);
        Scene.End();
    }

    /// <summary>As before, but the second one fails: then what was before is restored.</summary>
    [Fact]
    public void What_was_before_is_restored_when_the_next_one_fails_too()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept(Carol.Sdp(attributes: "a=x-carol\r\n"));
        b.ExpectRequest("INVITE");
        c.Bye();
        c.Expect(200);
        ExpectReport(a, 480);
        Refer(Alice, a, ReferTo("dave", "gw"), "refer;id=4");
        var d = Dave.ExpectCall();
        d.Accept(Dave.Sdp(attributes: "a=x-dave\r\n"));
        b.Accept(Bob.Sdp(version: 2));
        Await(Bob);
        Assert.Contains("a=x-dave", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Answer(488);
        Bob.ExpectRequest("ACK");
        d.ExpectBye();
        ExpectReport(a, 488, "refer;id=4");
        Await(Bob);
        var restored = Body(b.ExpectRequest("INVITE"));
        Assert.DoesNotContain("a=x-", restored, StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 3));
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>RFC 3261 §14.1: 491 comes of chance, and chance comes to an end.</summary>
    [Fact]
    public void Who_stays_and_says_nothing_but_491_is_given_up()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        var asked = 0;
        while (Alice.Inbox.Count == 0 && asked < 100)
        {
            Await(Bob);
            b.ExpectRequest("INVITE");
            b.Answer(491);
            Bob.ExpectRequest("ACK");
            asked++;
        }

        Assert.Equal(10, asked);
        c.ExpectBye();
        ExpectReport(a, 491);
        HangUp(a, b);
        Scene.End();
    }
}
