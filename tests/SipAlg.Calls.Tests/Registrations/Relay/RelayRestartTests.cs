using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>What is kept over a restart: the phones are where they were, and the PBX knows them by the names that it has.</summary>
public sealed class RelayRestartTests : RelayTest
{
    private readonly FakeJournal _journal = new() { IsFast = true };

    protected override SceneOptions Options => base.Options with { Bindings = _journal };

    [Fact]
    public void A_restarted_gateway_rings_the_phones_and_answers_their_refreshes()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        var phone = Phone();
        var token = Token(Registered(phone));
        var kept = Assert.Single(_journal.Given.Values);
        Assert.Equal((token[10..], "ann@pbx.example.com"), (kept.Token.ToString("x16", null), kept.Aor));
        Assert.Equal(TimeSpan.FromMinutes(9), kept.UpstreamExpires - kept.Expires);

        // The lane forgets, and is told again.
        Forget();
        Call(token).Expect(404);
        _journal.Keep(kept);
        Assert.True(Scene.Calls.Registrar!.Restore(kept));
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = long.MaxValue;
        Completes(Call(token), phone.ExpectCall());
        Register(phone, 2);
        phone.ExpectResponse(200);
        Pbx.ExpectNothing();
        Assert.Equal(["keep", "forget", "keep", "refresh"], _journal.Writes.Select(write => write.Split(' ')[0]));
        var message = phone.Dialog("100");
        message.SetTarget($"sip:100@{Domain}");
        message.Request("MESSAGE", body: "x", type: "text/plain");
        Pbx.Send(ScriptedPhone.Answer(Pbx.ExpectRequest("MESSAGE"), 200, "OK", "t", "", "", ""));
        phone.ExpectResponse(200);
        Scene.Calls.Relay.End("ann@pbx.example.com"u8);
        Scene.End();
    }

    /// <summary>What else its Contact said is not known then; how much it is preferred is.</summary>
    [Fact]
    public void A_phone_that_asks_for_another_preference_after_a_restart_is_for_the_pbx_to_judge()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        var phone = Phone();
        Registered(phone);
        var kept = Assert.Single(_journal.Given.Values);
        Forget();
        _journal.Keep(kept);
        Assert.True(Scene.Calls.Registrar!.Restore(kept));
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = long.MaxValue;
        Register(phone, 2, contact: $"Contact: <sip:ann@{phone.Flow.Remote};line=7>;q=0.3\r\n");
        Assert.Contains(";q=0.3", Answers().Header(HeaderId.Contact), StringComparison.Ordinal);
        phone.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    /// <summary>What one PBX has accepted admits nobody to another one that has taken its place in the configuration.</summary>
    [Fact]
    public void What_another_registrar_has_accepted_is_not_taken_over()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        Registered(Phone());
        var kept = Assert.Single(_journal.Given.Values);
        Forget();
        Assert.Equal("bob", kept.Registrar);
        Assert.False(_journal.Registrar.Restore(kept with { Registrar = "carol" }));
        Assert.Equal((0, 0), (Standing, Scene.Calls.Admitted.Count));
        Scene.End();
    }

    /// <summary>The PBX is asked by the name that it has, and answers by it, though the binding is gone by then.</summary>
    [Fact]
    public void A_binding_that_ends_while_its_registrar_is_asked_stands_when_that_has_answered()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        var phone = Phone();
        const ulong Kept = 0x1234_5678_9ABC_DEF0;
        Registered(phone);
        var kept = Assert.Single(_journal.Given.Values) with { Token = Kept };
        Forget();
        _journal.Keep(kept);
        Assert.True(_journal.Registrar.Restore(kept));
        GoesToThePbx();
        Scene.Advance(59_000);
        Register(phone, 2);
        Scene.Advance(2000);
        Assert.Equal(0, Standing);
        var token = Token(Answers());
        Pbx.Take();
        Assert.Equal((token[10..], 60), (Kept.ToString("x16", null), Expires(phone.ExpectResponse(200))));
        Completes(Call(token), phone.ExpectCall());
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_phone_is_answered_when_its_binding_is_kept()
    {
        _journal.IsFast = false;
        _journal.Registrar = Scene.Calls.Registrar!;
        var phone = Phone();
        Register(phone, 1);
        Answers();
        phone.ExpectNothing();
        Scene.Turn(_journal.Keep);
        phone.ExpectResponse(200);
        Forget();
        Scene.Turn(_journal.Keep);
        Scene.End();
    }

    [Fact]
    public void What_has_ended_or_whose_realm_has_no_other_registrar_is_not_restored()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        Registered(Phone());
        var kept = Assert.Single(_journal.Given.Values);
        Forget();
        Assert.False(Scene.Calls.Registrar!.Restore(kept with { Flow = Pbx.Flow }));
        Scene.Advance(60_000);
        Assert.False(Scene.Calls.Registrar!.Restore(kept));
        Assert.Equal(0, Standing);
        Scene.End();
    }

    [Fact]
    public void Relayed_contacts_are_listed_behind_the_gateways_own()
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        var phone = Phone();
        for (var user = 0; user < 5; user++)
        {
            Registered(phone, user: $"u{user}", cseq: 1 + (uint)user);
        }

        var (page, listed, from) = (new BindingRecord[2], new List<string>(), 0);
        while (from >= 0)
        {
            from = Scene.Calls.Registrar!.List(from, page, out var count);
            listed.AddRange(page.Take(count).Select(binding => binding.Aor));
        }

        Assert.Equal(Enumerable.Range(0, 5).Select(user => $"u{user}@pbx.example.com"), listed.Order(StringComparer.Ordinal));
        Forget([.. Enumerable.Range(0, 5).Select(user => $"u{user}")]);
        Scene.End();
    }
}
