using SipAlg.Calls.Admission;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>The registrar by RFC 3261 §10.3, RFC 3327 and RFC 5626.</summary>
public sealed class RegistrarTests
{
    private const string Phone = "Contact: <sip:alice@203.0.113.5>";

    [Fact]
    public void A_contact_stands_for_as_long_as_was_granted()
    {
        var scene = new RegistrarScene();
        var answer = scene.Ok($"{Phone}\nExpires: 120");
        Assert.Equal("<sip:alice@203.0.113.5>;expires=120", answer.Header(HeaderId.Contact));
        Assert.Contains("\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n", answer.Text, StringComparison.Ordinal);
        scene.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(["sip:alice@203.0.113.5 1"], scene.Standing());
        Assert.Equal(1, scene.Registrar.Active(0));
        scene.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(scene.Standing());
        IsIdle(scene);
    }

    /// <summary>A refresh is nothing new; an end is told, whatever brought it.</summary>
    [Fact]
    public void Who_looks_on_is_told_of_contacts_that_begin_and_end()
    {
        var watch = new RecordingWatch();
        var scene = new RegistrarScene(watch: watch);
        scene.Ok($"{Phone}\nExpires: 120");
        scene.Ok($"{Phone}\nExpires: 120", cseq: 2);
        Assert.Equal(["registered 0 alice@example.com sip:alice@203.0.113.5"], watch.Told);
        scene.Advance(TimeSpan.FromSeconds(120));
        scene.Ok($"{Phone}\nExpires: 120", cseq: 3);
        scene.Ok("Contact: *\nExpires: 0", cseq: 4);

        const string Began = "registered 0 alice@example.com sip:alice@203.0.113.5";
        Assert.Equal([Began, "un" + Began, Began, "un" + Began], watch.Told);
    }

    [Theory]
    [InlineData("", 600)]
    [InlineData("Expires: 300", 300)]
    [InlineData("Expires: 99999", 3600)]
    [InlineData("Expires: soon", 600)]
    public void The_time_is_what_was_asked_for_within_bounds(string header, int seconds)
    {
        var scene = new RegistrarScene();
        scene.Ok($"{Phone}\n{header}");
        Assert.Equal([$"sip:alice@203.0.113.5 {seconds}"], scene.Standing());
    }

    [Fact]
    public void The_contacts_own_time_goes_before_that_of_all()
    {
        var scene = new RegistrarScene();
        scene.Ok("Contact: <sip:a@203.0.113.5>;expires=90, <sip:b@203.0.113.5>\nExpires: 200");
        Assert.Equal(["sip:a@203.0.113.5 90", "sip:b@203.0.113.5 200"], scene.Standing());
    }

    [Fact]
    public void Too_short_a_time_is_423_and_nothing_is_done()
    {
        var scene = new RegistrarScene();
        var answer = scene.Register("Contact: <sip:a@203.0.113.5>;expires=600, <sip:b@203.0.113.5>;expires=59");
        Assert.Equal("SIP/2.0 423 Interval Too Brief", answer!.StartLine);
        Assert.Equal("60", answer.Header(HeaderId.MinExpires));
        Assert.Empty(scene.Standing());
    }

    [Fact]
    public void A_query_tells_all_contacts_and_changes_nothing()
    {
        var scene = new RegistrarScene();
        scene.Ok($"{Phone};q=0.5\nExpires: 120");
        scene.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("<sip:alice@203.0.113.5>;expires=100;q=0.5", scene.Ok("", callId: "query").Header(HeaderId.Contact));
    }

    [Fact]
    public void A_contact_is_refreshed_and_ended()
    {
        var scene = new RegistrarScene();
        scene.Ok($"{Phone}\nExpires: 120");
        scene.Advance(TimeSpan.FromSeconds(100));
        scene.Ok("Contact: <sip:alice@203.0.113.5;x=y>\nExpires: 120", cseq: 2);
        Assert.Equal(["sip:alice@203.0.113.5;x=y 120"], scene.Standing());
        Assert.Null(scene.Ok($"{Phone}\nExpires: 0", cseq: 3).Header(HeaderId.Contact));
        Assert.Empty(scene.Standing());
        IsIdle(scene);
    }

    [Fact]
    public void All_contacts_are_ended_by_an_asterisk()
    {
        var scene = new RegistrarScene();
        scene.Ok("Contact: <sip:a@203.0.113.5>, <sip:b@203.0.113.5>");
        Assert.Equal("SIP/2.0 400 Bad Request", scene.Register("Contact: *\nExpires: 60", cseq: 2)!.StartLine);
        Assert.Equal("SIP/2.0 400 Bad Request", scene.Register("Contact: *", cseq: 2)!.StartLine);
        Assert.Equal("SIP/2.0 400 Bad Request", scene.Register("Contact: *, <sip:a@203.0.113.5>\nExpires: 0", cseq: 2)!.StartLine);
        Assert.Equal(2, scene.Standing().Length);
        scene.Ok("Contact: *\nExpires: 0", cseq: 2);
        Assert.Empty(scene.Standing());
    }

    [Fact]
    public void What_comes_late_of_one_client_changes_nothing()
    {
        var scene = new RegistrarScene();
        scene.Ok($"{Phone}\nExpires: 120", cseq: 5);
        Assert.Equal("SIP/2.0 500 Server Internal Error", scene.Register($"{Phone}\nExpires: 0", cseq: 4)!.StartLine);
        Assert.Equal("SIP/2.0 500 Server Internal Error", scene.Register("Contact: *\nExpires: 0", cseq: 5)!.StartLine);
        Assert.Single(scene.Standing());

        // Another client is not bound to these numbers.
        scene.Ok($"{Phone}\nExpires: 0", cseq: 1, callId: "other");
        Assert.Empty(scene.Standing());
    }

    [Theory]
    [InlineData("Contact: <tel:+4930>")]
    [InlineData("Contact: <sip:a@203.0.113.5>, <mailto:a@example.com>")]
    public void What_cannot_be_called_is_not_registered(string contact)
    {
        var scene = new RegistrarScene();
        Assert.Equal("SIP/2.0 400 Bad Request", scene.Register(contact)!.StartLine);
        Assert.Empty(scene.Standing());
    }

    [Fact]
    public void Who_has_too_many_loses_what_ends_first()
    {
        var scene = new RegistrarScene { MaxContacts = 2 };
        scene.Ok("Contact: <sip:old@203.0.113.5>;expires=100");
        scene.Ok("Contact: <sip:b@203.0.113.5>;expires=300", callId: "b");
        scene.Ok("Contact: <sip:c@203.0.113.5>;expires=200", callId: "c");
        Assert.Equal(["sip:b@203.0.113.5 300", "sip:c@203.0.113.5 200"], scene.Standing());
        Assert.Equal("SIP/2.0 403 Too many contacts", scene.Register("Contact: <sip:1@x>, <sip:2@x>, <sip:3@x>", callId: "d")!.StartLine);
    }

    /// <summary>What it has asked for earlier, and for longer, does not lock a device out whose address has changed.</summary>
    [Fact]
    public void What_asks_for_less_time_than_stands_is_registered_all_the_same()
    {
        var scene = new RegistrarScene { MaxContacts = 2 };
        scene.Ok("Contact: <sip:old@203.0.113.5>;expires=3000");
        scene.Ok("Contact: <sip:b@203.0.113.5>;expires=3100", callId: "b");
        var answer = scene.Ok("Contact: <sip:new@203.0.113.6>;expires=100", cseq: 2);
        Assert.Contains("sip:new@203.0.113.6", answer.Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.Equal(["sip:b@203.0.113.5 3100", "sip:new@203.0.113.6 100"], scene.Standing());
        scene.Ok("Contact: <sip:1@203.0.113.6>;expires=100, <sip:2@203.0.113.6>;expires=60", callId: "two");
        Assert.Equal(["sip:1@203.0.113.6 100", "sip:2@203.0.113.6 60"], scene.Standing());
    }

    /// <summary>As a phone does that has learnt of another address of its own.</summary>
    [Fact]
    public void A_contact_that_takes_the_place_of_another_in_one_request_is_not_one_too_many()
    {
        var scene = new RegistrarScene { MaxContacts = 1 };
        scene.Ok("Contact: <sip:old@203.0.113.5>;expires=100");
        scene.Ok("Contact: <sip:new@203.0.113.5>;expires=100, <sip:old@203.0.113.5>;expires=0", cseq: 2);
        Assert.Equal(["sip:new@203.0.113.5 100"], scene.Standing());
    }

    [Fact]
    public void Each_user_has_contacts_of_his_own()
    {
        var scene = new RegistrarScene();
        scene.Ok(Phone);
        scene.Register("Contact: <sip:bob@203.0.113.5>", aor: "bob@example.com");
        Assert.Equal(["sip:alice@203.0.113.5 600"], scene.Standing());
        Assert.Equal(["sip:bob@203.0.113.5 600"], scene.Standing("bob@example.com"));
    }

    [Fact]
    public void A_path_is_kept_and_told_to_who_knows_paths()
    {
        var scene = new RegistrarScene();
        var answer = scene.Ok($"{Phone}\nPath: <sip:edge1;lr>\nPath: <sip:edge2;lr>\nSupported: path");
        Assert.Equal("<sip:edge1;lr>, <sip:edge2;lr>", answer.Header(HeaderId.Path));
        Assert.Null(scene.Ok($"{Phone}\nPath: <sip:edge1;lr>", cseq: 2).Header(HeaderId.Path));
    }

    /// <summary>RFC 3608 §6: in each 200, a query's too, since a phone forgets what the last one did not say; in no refusal.</summary>
    [Fact]
    public void The_way_that_requests_shall_take_is_told_with_each_answer()
    {
        var scene = new RegistrarScene();
        Assert.Null(scene.Ok(Phone).Header(HeaderId.ServiceRoute));

        scene.Settings = scene.Settings with { ServiceRoute = "<sip:edge1;lr>, <sip:edge2;lr>"u8.ToArray() };
        Assert.Equal("<sip:edge1;lr>, <sip:edge2;lr>", scene.Ok(Phone, cseq: 2).Header(HeaderId.ServiceRoute));
        Assert.Equal("<sip:edge1;lr>, <sip:edge2;lr>", scene.Ok("", cseq: 3).Header(HeaderId.ServiceRoute));
        Assert.Null(scene.Register($"{Phone};expires=1", cseq: 4)!.Header(HeaderId.ServiceRoute));
    }

    /// <summary>Nothing of it is cut: a proxy left out of it would be left out of every call.</summary>
    [Theory]
    [InlineData(2, "SIP/2.0 200 OK")]
    [InlineData(3, "SIP/2.0 513 Message Too Large")]
    public void A_path_that_is_longer_than_a_header_field_is_refused(int values, string answer)
    {
        var scene = new RegistrarScene();
        var path = string.Concat(Enumerable.Repeat($"\nPath: <sip:{new string('p', 7000)};lr>", values));
        Assert.Equal(answer, scene.Register($"{Phone}{path}\nSupported: path")!.StartLine);
        Assert.Equal(values == 2 ? 1 : 0, scene.Standing().Length);
    }

    [Fact]
    public void A_device_has_two_flows_whatever_their_contact()
    {
        var scene = new RegistrarScene();
        string Flow(int id) => $"Contact: <sip:alice@10.0.0.{id}:1000{id}>;+sip.instance=\"<urn:uuid:1>\";reg-id={id}\nSupported: path, outbound";
        scene.Ok(Flow(1));
        var answer = scene.Ok(Flow(2), cseq: 2, connection: 7);
        Assert.Contains("\r\nRequire: outbound\r\nFlow-Timer: 120\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(2, scene.Standing().Length);

        // The same flow from another address takes the place of the former.
        scene.Ok("Contact: <sip:alice@10.9.9.9>;+sip.instance=\"<urn:uuid:1>\";reg-id=2\nSupported: outbound", cseq: 3, connection: 8);
        Assert.Equal(["sip:alice@10.0.0.1:10001 600", "sip:alice@10.9.9.9 600"], scene.Standing());

        // It ends with its connection; the other one stays.
        scene.Registrar.OnConnectionClosed(7);
        Assert.Equal(2, scene.Standing().Length);
        scene.Registrar.OnConnectionClosed(8);
        Assert.Equal(["sip:alice@10.0.0.1:10001 600"], scene.Standing());
    }

    [Fact]
    public void A_flow_by_a_proxy_that_keeps_none_is_439()
    {
        var scene = new RegistrarScene();
        const string Contact = "Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\nSupported: outbound";
        Assert.StartsWith("SIP/2.0 439 ", scene.Register($"{Contact}\nPath: <sip:edge;lr>")!.StartLine, StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 439 ", scene.Register($"{Contact}\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx")!.StartLine, StringComparison.Ordinal);
        scene.Ok($"{Contact}\nPath: <sip:edge;lr;ob>");
        Assert.Single(scene.Standing());
    }

    [Fact]
    public void Without_outbound_a_reg_id_counts_for_nothing()
    {
        var scene = new RegistrarScene();
        scene.Ok("Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1");
        scene.Ok("Contact: <sip:a@10.0.0.2>;+sip.instance=\"<urn:uuid:1>\";reg-id=1", cseq: 2);
        Assert.Equal(2, scene.Standing().Length);
        scene.Registrar.OnConnectionClosed(0);
        Assert.Equal(2, scene.Standing().Length);
    }

    [Theory]
    [InlineData("192.168.1.5", "sip:a@192.168.1.5:5062", "", true)]
    [InlineData("203.0.113.5", "sip:a@203.0.113.5", "", false)]
    [InlineData("192.168.1.5", "sip:a@example.org", "", false)]
    [InlineData("phone.local", "sip:a@phone.local", "", true)]
    [InlineData("[fd00::5]", "sip:a@[FD00:0::05]:5062", "", true)]
    [InlineData("192.168.1.5", "sip:a@192.168.1.5", "Path: <sip:edge;lr>", false)]
    [InlineData("192.168.1.5", "sip:a@192.168.1.5", "Via: SIP/2.0/UDP 192.168.1.5;branch=z9hG4bKx", false)]
    public void Nat_shows_in_via_and_contact(string via, string contact, string header, bool isBehindNat)
    {
        var scene = new RegistrarScene();
        scene.Ok($"Contact: <{contact}>\n{header}", via: via);
        var binding = scene.Registrar.RecordOf(scene.Registrar.Bindings.First("alice@example.com"u8));
        Assert.Equal(isBehindNat, binding.Traits.HasFlag(BindingTraits.IsBehindNat));
        Assert.Equal("203.0.113.5:5060", binding.Flow.Remote.ToString());
    }

    /// <summary>Its Via alone tells where it is: the answer has to find it.</summary>
    [Theory]
    [InlineData("", "192.168.1.5", true)]
    [InlineData("", "203.0.113.5", false)]
    [InlineData("Contact: *\nExpires: 0", "192.168.1.5", true)]
    public void Nat_shows_in_via_where_no_contact_is_named(string header, string via, bool isBehindNat)
    {
        var register = AuthenticationBench.Parse($"REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP {via};branch=z9hG4bKa\nFrom: <sip:a@example.com>;tag=1\nTo: <sip:a@example.com>\nCall-ID: a\nCSeq: 1 REGISTER\n{header}\n\n");
        Assert.True(IpEndpoint.TryParse("203.0.113.5:5060", out var source));
        Assert.Equal(isBehindNat, NatSigns.AreIn(register, new Flow(Transport.Udp, 0, default, source)));
    }

    [Fact]
    public void Nat_is_not_looked_for_where_it_is_off()
    {
        var scene = new RegistrarScene { IsNatAware = false };
        scene.Ok("Contact: <sip:a@192.168.1.5:5062>", via: "192.168.1.5");
        Assert.Equal(BindingTraits.None, scene.Registrar.RecordOf(scene.Registrar.Bindings.First("alice@example.com"u8)).Traits);
    }

    [Fact]
    public void An_answer_waits_until_its_binding_is_kept()
    {
        var journal = new FakeJournal();
        var scene = new RegistrarScene(journal);
        Assert.Null(scene.Register(Phone));
        Assert.Null(scene.Register("", cseq: 2));
        Assert.Equal(["keep sip:alice@203.0.113.5"], journal.Writes);
        journal.Keep();
        scene.Harness.RunPosted();
        Assert.All(scene.Harness.Network.Take(), answer => Assert.Equal("SIP/2.0 200 OK", answer.StartLine));

        // A query has nothing to wait for.
        scene.Ok("", cseq: 3);
    }

    [Fact]
    public void A_refresh_that_changes_nothing_is_kept_as_one()
    {
        var journal = new FakeJournal { IsFast = true };
        var scene = new RegistrarScene(journal);
        scene.Ok(Phone);
        scene.Ok(Phone, cseq: 2);
        scene.Ok(Phone, cseq: 3, remote: "203.0.113.5:6000");
        scene.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["keep", "refresh", "keep", "forget"], journal.Writes.Select(write => write.Split(' ')[0]));
        Assert.Empty(journal.Given);
    }

    [Fact]
    public void What_was_kept_stands_after_a_restart()
    {
        var journal = new FakeJournal { IsFast = true };
        var scene = new RegistrarScene(journal);
        scene.Ok($"{Phone};q=0.7;+sip.instance=\"<urn:uuid:1>\";reg-id=4\nSupported: outbound, path\nPath: <sip:edge;lr;ob>\nUser-Agent: Phone 1.0\nExpires: 120");
        scene.Ok("Contact: <sip:short@203.0.113.5>;expires=60", cseq: 2);
        var kept = journal.Given.Values.ToArray();
        var later = new RegistrarScene(journal);
        later.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal([true, false], kept.Select(binding => later.Registrar.Restore(binding)));
        Assert.Equal(["sip:alice@203.0.113.5 20"], later.Standing());
        Assert.Equal(kept[0], later.Registrar.RecordOf(later.Registrar.Bindings.First("alice@example.com"u8)));
        Assert.True(later.Registrar.Bindings.AreFrom(kept[0].Flow.Remote.Address));
        Assert.StartsWith("SIP/2.0 500", later.Register($"{Phone};+sip.instance=\"<urn:uuid:1>\";reg-id=4\nSupported: outbound", cseq: 1)!.StartLine, StringComparison.Ordinal);
        later.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(later.Standing());
        Assert.False(later.Registrar.Bindings.AreFrom(kept[0].Flow.Remote.Address));
    }

    /// <summary>What is no UTF-8 is three times as long as text: a start that fails over one binding would fail again and again.</summary>
    [Fact]
    public void What_was_kept_and_is_longer_than_a_message_is_passed_over()
    {
        var journal = new FakeJournal { IsFast = true };
        var scene = new RegistrarScene(journal);
        scene.Ok($"{Phone}\nPath: <sip:edge;lr>\nUser-Agent: Phone");
        var kept = Assert.Single(journal.Given.Values);
        var broken = new string('\uFFFD', 16_000);
        Assert.False(new RegistrarScene(journal).Registrar.Restore(kept with { Path = broken, Agent = broken }));
        Assert.Empty(journal.Given);
    }

    /// <summary>A phone without NAT before it is not asked over its connection, and may say nothing until it refreshes.</summary>
    [Fact]
    public void A_connection_stands_for_as_long_as_what_is_registered_by_it()
    {
        var scene = new RegistrarScene();
        scene.Ok($"{Phone}\nExpires: 3600", connection: 7);
        Assert.Equal(TimeSpan.FromHours(1), scene.Harness.Network.Held[7]);
    }

    private static void IsIdle(RegistrarScene scene)
    {
        scene.Advance(TimeSpan.FromSeconds(32));
        Assert.True(scene.Harness.IsIdle);
        Assert.Equal((0, 0L), (scene.Registrar.Bindings.Count, scene.Registrar.Bindings.Octets));
        Assert.Equal(0, scene.Registrar.Active(0));
    }

    /// <summary>Half a line would be read as the beginning of the next message of a connection.</summary>
    [Fact]
    public void Contacts_that_fill_more_than_a_message_are_left_out_of_the_answer_whole()
    {
        var scene = new RegistrarScene();
        string Long(int id) => $"<sip:{id}@10.0.0.1;x={new string('x', 15_000)}>";
        SentMessage? last = null;
        for (var id = 1; id <= 5; id++)
        {
            last = scene.Ok("Contact: " + Long(id), callId: $"{id}", connection: 7);
        }

        Assert.EndsWith("\r\nContent-Length: 0\r\n\r\n", last!.Text, StringComparison.Ordinal);
        Assert.All(last.Text.Split("\r\n").Where(line => line.StartsWith("Contact", StringComparison.Ordinal)), line => Assert.EndsWith("x>;expires=600", line, StringComparison.Ordinal));
        Assert.StartsWith("<sip:5@", last.Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.Equal(5, scene.Standing().Length);
    }
}
