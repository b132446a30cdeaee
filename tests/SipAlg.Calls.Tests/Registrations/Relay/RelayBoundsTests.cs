using SipAlg.Calls.Lanes;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>The PBX says who is registered, but no more than the gateway has room for.</summary>
public sealed class RelayBoundsTests : RelayTest
{
    private ScriptedPhone Bounded(RelayBounds bounds)
    {
        var phone = Phone();
        Scene.Calls.Relay!.Bounds = bounds;
        return phone;
    }

    private void Registers(ScriptedPhone phone, uint cseq, string user, string? line = null)
    {
        Register(phone, cseq, user, contact: line is null ? null : $"Contact: <sip:{user}@127.91.0.66;line={line}>\r\n", callId: $"{line}@{phone.Host}");
        var asked = Pbx.ExpectRequest("REGISTER");
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", Lines(asked, HeaderId.Contact), "", ""));
        phone.ExpectResponse(200);
    }

    private long Refused(RefusalReason reason) => Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)RefusalReason.Count) + (int)reason];

    [Fact]
    public void A_user_has_no_more_contacts_than_are_kept_of_one()
    {
        var phone = Bounded(RelayBounds.Usual with { OfOne = 3 });
        for (var line = 1u; line <= 3; line++)
        {
            Registers(phone, line, "ann", $"{line}");
        }

        Register(phone, 4, contact: "Contact: <sip:ann@127.91.0.66;line=4>\r\n", callId: "4");
        Assert.Equal("SIP/2.0 403 Too Many Contacts", phone.ExpectResponse(403).StartLine);
        Pbx.ExpectNothing();
        Assert.Equal(1, Refused(RefusalReason.TooManyContacts));

        // Those that stand, and other users, go on.
        GoesToThePbx();
        Registers(phone, 5, "ann", "2");
        Registers(phone, 1, "ben", "1");
        Register(phone, 6, expires: 0, contact: "Contact: <sip:ann@127.91.0.66;line=1>\r\n", callId: "1");
        Answers(contacts: "");
        phone.ExpectResponse(200);
        Forget("ben");
        Scene.End();
    }

    [Fact]
    public void One_request_with_many_contacts_counts_as_many()
    {
        var phone = Bounded(RelayBounds.Usual with { OfOne = 2 });
        Register(phone, 1, contact: "Contact: <sip:a@127.91.0.66>, <sip:b@127.91.0.66>, <sip:c@127.91.0.66>\r\n");
        phone.ExpectResponse(403);
        Assert.Equal(0, Standing);
        Scene.End();
    }

    public static TheoryData<int, long> Full => new() { { 2, 1 << 30 }, { 1000, 100 } };

    [Theory]
    [MemberData(nameof(Full))]
    public void All_together_have_no_more_than_are_kept(int all, long octets)
    {
        var phone = Bounded(RelayBounds.Usual with { All = all, Octets = octets });
        Registers(phone, 1, "ann");
        Registers(phone, 1, "ben", all == 2 ? null : new string('x', 30));
        Register(phone, 1, "cid");
        Assert.Equal("60", phone.ExpectResponse(503).Header(HeaderId.RetryAfter));
        Assert.Equal(1, Refused(RefusalReason.RegistrationsFull));
        GoesToThePbx();
        Registers(phone, 2, "ann");
        Scene.Calls.Registrar!.End("ben@pbx.example.com"u8);
        Scene.Calls.Registrar.End("ann@pbx.example.com"u8);
        Registers(phone, 2, "cid");
        Forget("cid");
        Scene.End();
    }
}
