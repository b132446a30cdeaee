using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Two phones of one user of the PBX, each behind a NAT of its own, with the same private address (docs/decisions/0082).</summary>
public sealed class RelayPrivateContactTests : RelayTest
{
    private const string Inner = "192.168.1.5:5060";

    [Fact]
    public void Each_has_a_name_of_its_own_and_rings_by_it()
    {
        var (home, office) = (Phone("home", "203.0.113.5"), Phone("office", "198.51.100.7"));
        (home.Inner, office.Inner) = (Inner, Inner);
        var homes = Token(Registered(home));
        var offices = Token(Registered(office));
        Assert.NotEqual(homes, offices);
        Assert.Equal(2, Standing);
        GoesToThePbx();
        Assert.Equal(homes, Token(Registered(home, 2)));
        Assert.Equal(offices, Token(Registered(office, 2)));
        Register(home, 3, headers: Proof);
        Assert.Single(home.ExpectResponse(200).Parse().Fields.ToArray(), field => field.Id == HeaderId.Contact);
        Rings(homes, home);
        Rings(offices, office);
        Forget();
        Scene.End();

        void Rings(string token, ScriptedPhone phone)
        {
            var dialog = Call(token);
            Completes(dialog, phone.ExpectCall());
        }
    }

    /// <summary>As after a power cut: neither is bound yet when the other is asked about.</summary>
    [Fact]
    public void Each_has_a_name_of_its_own_where_both_register_at_once()
    {
        var (home, office) = (Phone("home", "203.0.113.5"), Phone("office", "198.51.100.7"));
        (home.Inner, office.Inner) = (Inner, Inner);
        Register(home, 1, headers: Proof);
        Register(office, 1, headers: Proof);
        var (homes, offices) = (Token(Answers()), Token(Answers()));
        home.ExpectResponse(200);
        office.ExpectResponse(200);
        Assert.NotEqual(homes, offices);
        Completes(Call(homes), home.ExpectCall());
        Completes(Call(offices), office.ExpectCall());
        Forget();
        Scene.End();
    }
}
