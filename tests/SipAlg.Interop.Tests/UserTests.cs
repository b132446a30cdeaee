using System.Net;
using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Phones that registered here call each other and a PBX: baresip for what is heard, SIPp for what is said.</summary>
public sealed class UserTests(UserTests.Gateway gateway) : GatewayTests<UserTests.Gateway>(gateway)
{
    private const string Password = "s3cret";

    public sealed class Gateway : GatewayFixture
    {
        public IPEndPoint Phones { get; } = Ports.Free(Networks.Outside(70));
        public IPEndPoint Core { get; } = Ports.Free(Networks.Inside(70));
        public IPEndPoint Pbx { get; } = Ports.Free(Networks.Inside(71));

        internal override string Configuration => $$"""
            realms:
              phones: { listen: ['udp://{{Phones}}', 'tcp://{{Phones}}'], domain: example.com, media: { ports: 20000-21999 } }
              core: { listen: ['udp://{{Core}}'], media: { ports: 22000-23999 } }
            peers:
              pbx: { realm: core, address: 'sip:{{Pbx}}' }
            users:
              anna: { password: {{Password}}, numbers: ['+4930123', '101'], max_contacts: 1 }
              # sipalg hash-password bert example.com
              bert: { password_hash: { md5: 43ea32fc2d0b4b83523aca14d636ac27 }, numbers: '102', aliases: reception, max_contacts: 1 }
              carla: { password: {{Password}}, max_contacts: 2 }
              dora: { password: {{Password}}, max_contacts: 1 }
              emil: { password: {{Password}} }
              branch: { password: {{Password}}, numbers: '+49304567*', trusted: true }
            """;

        internal override string Dialplan => """
            routes:
              - { name: out, when: { user: [anna, branch], called: '^9' }, to: [ { peer: pbx } ] }
              - { name: to a phone, when: { called: '^(?<phone>.+)$' }, to: [ { registered: '${phone}' } ] }
            """;

        internal override SipProbe Probe => new(Phones.Address, Phones);

        /// <summary>Each registration has a timer.</summary>
        internal override async Task LeaveAsync()
        {
            using var list = JsonDocument.Parse(await Gateway.GetAsync("/api/v1/registrations"));
            foreach (var aor in list.RootElement.GetProperty("items").EnumerateArray().Select(registration => registration.GetProperty("aor").GetString()).Distinct())
            {
                await Gateway.DeleteAsync($"/api/v1/registrations/{aor}");
            }
        }
    }

    private static SippScript Caller => SippScript.Caller();

    private static SippScript Callee => SippScript.Callee();

    private static Description Offer => new();

    private static Description Reply => new(7000);

    /// <summary>On the address from which the system sends, so that its media comes from where it says.</summary>
    private async Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, string transport, double toneHertz)
    {
        var phone = await Baresip.StartAsync(
            folder, user, Ports.Free("127.0.0.1"), toneHertz, $"<sip:{user}@{Fixture.Phones};transport={transport}>;auth_pass={Password};regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }

    [Theory]
    [InlineData("udp", "udp", "bert")]
    [InlineData("udp", "tcp", "102")]
    [InlineData("tcp", "udp", "reception")]
    public Task Two_phones_call_each_other(string calling, string answering, string called) => Scenario(async folder =>
    {
        await using var anna = await PhoneAsync(folder, "anna", calling, toneHertz: 500);
        await using var bert = await PhoneAsync(folder, "bert", answering, toneHertz: 1100);
        await anna.DialAsync($"sip:{called}@{Fixture.Phones};transport={calling}");
        await anna.EstablishedAsync();
        await anna.HearsAsync(bert);
        await bert.HearsAsync(anna);
        await bert.HangUpAsync();
        await anna.ClosedAsync();
        var record = await RecordAsync(called);
        Assert.Equal(("anna", "bert", "+4930123", "callee_hung_up"), (Text(record, "from_user"), Text(record, "to_user"), Text(record, "caller"), Text(record, "cause")));
    });

    /// <summary>RFC 3261 §16.6, RFC 3326.</summary>
    [Fact]
    public Task Both_phones_of_a_user_ring_and_the_other_hears_that_the_call_was_taken() => Scenario(async folder =>
    {
        var (desk, mobile) = (await RegisteredAsync(folder, "carla"), await RegisteredAsync(folder, "carla"));
        await using var rings = await AnswerAsync(folder, desk, Callee.Expect("INVITE").Answer(180)
            .Expect("CANCEL", Check.Field("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"")).Answer(200).Refuse(487));
        await using var takes = await AnswerAsync(folder, mobile, Callee.Expect("INVITE").Answer(180).Pause(1000).Accept(Reply).HungUp());
        await using var calling = Call(folder, Caller.InviteAs("anna", Password, Offer).Expect(180).Expect(180).Answered().Pause(200).HangUp(), "carla");
        await SippRun.AllSucceedAsync(calling, rings, takes);
        Assert.Equal("carla", Text(await RecordAsync("carla"), "to_user"));
    });

    [Fact]
    public Task A_user_without_a_phone_is_unavailable() => Scenario(async folder =>
    {
        await using var calling = Call(folder, Caller.InviteAs("anna", Password, Offer).Expect(480).AckOfRefusal(), "emil");
        await calling.AllSucceedAsync();
        Assert.Equal("not_registered", Text(await RecordAsync("emil"), "cause"));
    });

    /// <summary>SIPp's From names a number that is nobody's.</summary>
    [Theory]
    [InlineData("anna", "91", "[+]4930123")]
    [InlineData("branch", "92", "[+]4940[0-9]+")]
    public Task A_user_is_shown_by_his_own_number_unless_he_is_trusted(string user, string called, string shown) => Scenario(async folder =>
    {
        await using var pbx = await AnswerAsync(folder, Fixture.Pbx, Callee.Expect("INVITE", Check.Field("From", $"\"Caller\" <sip:{shown}@"), Check.NoText("Authorization:")).Accept(Reply).HungUp());
        await using var calling = Call(folder, Caller.InviteAs(user, Password, Offer).Answered().HangUp(), called);
        await SippRun.AllSucceedAsync(calling, pbx);
        Assert.Equal(user, Text(await RecordAsync(called), "from_user"));
    });

    [Fact]
    public Task A_pbx_that_registers_as_a_user_is_asked_for_each_number_of_its_range() => Scenario(async folder =>
    {
        var branch = await RegisteredAsync(folder, "branch");
        foreach (var number in new[] { "+4930456710", "+493045671234" })
        {
            await using var answering = await AnswerAsync(folder, branch, Callee.Expect("INVITE", new Check("msg", "", $"^INVITE sip:[+]{number[1..]}@{branch}")).Accept(Reply).HungUp());
            await using var calling = SippRun.Call(folder, new SippOptions(Caller.Invite(Offer).Answered().HangUp(), Fixture.Pbx) { Remote = Fixture.Core, Called = number });
            await SippRun.AllSucceedAsync(calling, answering);
            Assert.Equal("branch", Text(await RecordAsync(number), "to_user"));
        }
    });

    /// <summary>Of three registered phones one lets the others talk: who is transferred calls by himself, and proves who he is.</summary>
    [Fact]
    public Task An_attended_transfer_among_three_phones() => Scenario(async folder =>
    {
        var (bert, dora) = (await RegisteredAsync(folder, "bert"), await RegisteredAsync(folder, "dora"));
        await using var consulted = await AnswerAsync(folder, dora, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Check.Body("m=audio")).Accept(Reply with { Version = 2 }).HangUp());
        await using var consultation = Call(folder, Caller.InviteAs("anna", Password, Offer).Answered().HungUp(), "dora");
        var answer = await consultation.ReceivedAsync("SIP/2.0 200");
        var replaces = Uri.EscapeDataString($"{answer.Field("Call-ID")};to-tag={answer.ToTag};from-tag={answer.FromTag}");
        await using var transferred = await AnswerAsync(folder, bert, Callee.Expect("INVITE").Accept(Reply)
            .Expect("REFER", Check.Field("Refer-To", $"sip:dora@{Fixture.Phones}")).Answer(202).HungUp());
        await using var transferring = Call(folder, Caller.InviteAs("anna", Password, Offer).Answered()
            .Request("REFER", headers: $"Refer-To: <sip:dora@{Fixture.Phones}?Replaces={replaces}>\n").Expect(202, "REFER").HangUp(), "102");
        var referTo = (await transferred.ReceivedAsync("REFER")).Field("Refer-To");
        var known = Uri.UnescapeDataString(referTo[(referTo.IndexOf("Replaces=", StringComparison.Ordinal) + "Replaces=".Length)..].TrimEnd('>'));
        await using var joining = Call(folder, Caller.InviteAs("bert", Password, Offer, $"Require: replaces\nReplaces: {known}\n").Answered(Check.Body("m=audio")).HungUp(), "dora");
        await SippRun.AllSucceedAsync(joining, consulted, consultation, transferring, transferred);
    });

    /// <summary>A user's phone, as SIPp plays it, that has registered: where its calls are to be answered.</summary>
    private async Task<IPEndPoint> RegisteredAsync(ScenarioFolder folder, string user)
    {
        var phone = Ports.Free(Networks.Outside(72));
        await using var registering = SippRun.Call(folder, new SippOptions(new SippScenario("register").With("status", "200"), phone)
        {
            Remote = Fixture.Phones, Fields = [$"{user};[authentication username={user} password={Password}]"],
        });
        await registering.AllSucceedAsync();
        return phone;
    }

    private static Task<SippRun> AnswerAsync(ScenarioFolder folder, IPEndPoint phone, SippScript script) => SippRun.AnswerAsync(folder, new SippOptions(script, phone));

    /// <summary>Calls from a phone, whether or not it is registered.</summary>
    private SippRun Call(ScenarioFolder folder, SippScript script, string called) =>
        SippRun.Call(folder, new SippOptions(script, Ports.Free(Networks.Outside(73))) { Remote = Fixture.Phones, Called = called });

    /// <summary>The record of the last call to this number or name.</summary>
    private async Task<JsonElement> RecordAsync(string called)
    {
        JsonElement[] found = [];
        await Eventually.TrueAsync(async () =>
        {
            using var list = JsonDocument.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended&limit=1000"));
            found = [.. list.RootElement.GetProperty("items").EnumerateArray().Where(call => Text(call, "called") == called).Select(call => call.Clone())];
            return found.Length > 0;
        }, text: $"the record of a call to {called}");
        return found[0];
    }

    private static string? Text(JsonElement record, string member) => record.TryGetProperty(member, out var value) ? value.GetString() : null;
}
