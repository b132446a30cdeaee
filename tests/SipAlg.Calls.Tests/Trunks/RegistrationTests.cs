using SipAlg.Calls.Calls;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>REGISTER to a carrier (RFC 3261 §10.2): first, again, and no more.</summary>
public sealed class RegistrationTests : TrunkTest
{
    [Fact]
    public void It_names_the_address_of_record_and_a_contact_that_nobody_guesses()
    {
        var register = Begun();
        Assert.Equal("sip:carrier.example", RequestUri(register));
        Assert.Equal("<sip:4711@carrier.example>", register.Header(HeaderId.To));
        Assert.StartsWith("<sip:4711@carrier.example>;tag=", register.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Matches($"^sip:[0-9a-f]{{24}}@{Scene.Model.OutsideAddress}:5060$", ContactOf(register));
        Assert.Equal((600, "600", "1 REGISTER"), (ExpiresOf(register), register.Header(HeaderId.Expires), Sequence(register)));
        Assert.False(register.Parse().Has(HeaderId.Route));
        Assert.False(IsRegistered);
        Grant(register);
        Assert.True(IsRegistered);
        Assert.Equal(["bob registered"], Scene.Journal.Peers);
        Assert.Equal((200, 0, RegistrationOutcome.Registered), (Status.Status, Status.Failures, Status.Outcome));
        End();
    }

    [Fact]
    public void A_challenge_is_met_and_the_nonce_used_for_refreshes()
    {
        var first = Begun();
        Answer(first, 401, Challenge("n1"));
        var second = Bob.ExpectRequest("REGISTER");
        Assert.Equal(("n1/1", "2 REGISTER"), (Answers(second), Sequence(second)));
        Grant(second, 60);
        var (_, third) = NextRegister(60_000);
        Assert.Equal(("n1/2", "3 REGISTER"), (Answers(third), Sequence(third)));
        Assert.Equal(first.Header(HeaderId.CallId), third.Header(HeaderId.CallId));
        Assert.Equal(first.Header(HeaderId.From), third.Header(HeaderId.From));
        Assert.Equal(ContactOf(first), ContactOf(third));
        Grant(third);
        End();
    }

    /// <summary>Early enough for two tries at least, and at times that differ.</summary>
    [Theory]
    [InlineData(600, 420, 480)]
    [InlineData(3600, 2520, 2880)]
    [InlineData(120, 68, 80)]
    [InlineData(60, 24, 30)]
    public void It_is_refreshed_before_it_ends(int granted, int earliest, int latest)
    {
        Registered(granted);
        var times = new HashSet<long>();
        for (var round = 0; round < 10; round++)
        {
            var (after, register) = NextRegister(granted * 1000L);
            Assert.InRange(after, earliest * 1000L, (latest * 1000L) + 100);
            Assert.True(IsRegistered);
            times.Add(after);
            Grant(register, granted);
        }

        Assert.True(times.Count > 3);
        Assert.Single(Scene.Journal.Peers);
        End();
    }

    [Fact]
    public void What_the_registrar_lists_of_others_is_not_ours()
    {
        var register = Begun();
        Answer(register, 200, $"Contact: <sip:other@192.0.2.9>;expires=3600, <{ContactOf(register)}>;expires=100\r\nExpires: 3600\r\n");
        Assert.InRange(Status.RegisteredUntil!.Value - Scene.Harness.Time.GetUtcNow(), TimeSpan.FromSeconds(99), TimeSpan.FromSeconds(100));
        End();
    }

    /// <summary>Something on the way has put its own address in the contact's place.</summary>
    [Fact]
    public void A_contact_with_another_host_is_known_by_its_user()
    {
        var register = Begun();
        var user = ContactOf(register)[4..].Split('@')[0];
        Answer(register, 200, $"Contact: <sip:{user}@198.51.100.7:1024;ob>;expires=100\r\n");
        Assert.True(IsRegistered);
        End();
    }

    [Theory]
    [InlineData("", 600)]
    [InlineData("Expires: 300\r\n", 300)]
    public void An_answer_without_contacts_is_believed(string headers, int seconds)
    {
        Answer(Begun(), 200, headers);
        Assert.Equal(seconds, Math.Round((Status.RegisteredUntil!.Value - Scene.Harness.Time.GetUtcNow()).TotalSeconds));
        End();
    }

    [Fact]
    public void An_answer_that_lists_others_only_is_a_failure()
    {
        Answer(Begun(), 200, "Contact: <sip:other@192.0.2.9>;expires=3600\r\n");
        Assert.Equal((false, RegistrationOutcome.NotNamed), (IsRegistered, Status.Outcome));
        End();
    }

    [Fact]
    public void A_longer_time_is_asked_for_where_the_registrar_wants_one()
    {
        var first = Begun();
        Answer(first, 423, "Min-Expires: 1800\r\n");
        var second = Bob.ExpectRequest("REGISTER");
        Assert.Equal((1800, "2 REGISTER", first.Header(HeaderId.CallId)), (ExpiresOf(second), Sequence(second), second.Header(HeaderId.CallId)));
        Grant(second, 1800);
        var (_, third) = NextRegister(1800_000);
        Assert.Equal(1800, ExpiresOf(third));
        Grant(third, 1800);
        End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Min-Expires: 60\r\n")]
    [InlineData("Min-Expires: soon\r\n")]
    [InlineData("Min-Expires: 99999999999999999999\r\n")]
    public void A_423_that_names_no_longer_time_is_a_refusal(string headers)
    {
        Answer(Begun(), 423, headers);
        Bob.ExpectNothing();
        Assert.Equal(RegistrationOutcome.Refused, Status.Outcome);
        End();
    }

    [Fact]
    public void A_registrar_that_raises_its_own_minimum_is_given_up()
    {
        Answer(Begun(), 423, "Min-Expires: 1800\r\n");
        Answer(Bob.ExpectRequest("REGISTER"), 423, "Min-Expires: 3600\r\n");
        Bob.ExpectNothing();
        Assert.Equal(RegistrationOutcome.Refused, Status.Outcome);
        End();
    }

    [Fact]
    public void A_stop_takes_it_back()
    {
        var first = Registered();
        Stop();
        var last = Bob.ExpectRequest("REGISTER");
        Assert.Equal((0, "0", ContactOf(first), "2 REGISTER"), (ExpiresOf(last), last.Header(HeaderId.Expires), ContactOf(last), Sequence(last)));
        Assert.Equal(1, Scene.Calls.Trunks.Ending);
        Answer(last, 401, Challenge("n1"));
        var again = Bob.ExpectRequest("REGISTER");
        Assert.Equal((0, "n1/1"), (ExpiresOf(again), Answers(again)));
        Answer(again, 200);
        Assert.False(IsRegistered);
        End();
    }

    /// <summary>RFC 3261 §10.2: not before the answer to the REGISTER that is under way.</summary>
    [Fact]
    public void A_stop_waits_for_the_answer_that_is_due()
    {
        var register = Begun();
        Stop();
        Bob.ExpectNothing();
        Grant(register);
        var last = Bob.ExpectRequest("REGISTER");
        Assert.Equal(0, ExpiresOf(last));
        Answer(last, 200);
        Assert.False(IsRegistered);
        End();
    }

    [Fact]
    public void A_stop_without_a_registration_says_nothing()
    {
        Begin();
        Stop();
        Bob.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_stop_is_not_held_up_by_a_registrar_that_is_silent()
    {
        Registered();
        Stop();
        Bob.ExpectRequest("REGISTER");
        Scene.End();
        Assert.Equal(0, Scene.Calls.Trunks.Ending);
    }

    [Fact]
    public void The_contact_is_the_same_after_a_restart_with_the_same_key()
    {
        var users = new ContactKey(new byte[ContactKey.Length]);
        var peer = Scene.Model.Bob;
        Assert.Equal(new PeerState(peer, users).ContactUser, new PeerState(peer, users).ContactUser);
        Assert.NotEqual(new PeerState(peer, users).ContactUser, new PeerState(peer with { Name = "other" }, users).ContactUser);
        Assert.NotEqual(new PeerState(peer).ContactUser, new PeerState(peer).ContactUser);
    }

    /// <summary>A defect in the turn of an answer costs an attempt, not the registration.</summary>
    [Fact]
    public void A_fault_is_survived()
    {
        var register = Registered(60);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.Fault));
        var (_, again) = NextRegister(20_000);
        Assert.Equal(ContactOf(register), ContactOf(again));
        Grant(again);
        End();
    }
}
