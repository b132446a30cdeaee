using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>What signalling says of digits where one side has them in INFO and the other as telephone events; the audio is the matter of PhoneTests.</summary>
public sealed partial class FlowTests
{
    public sealed partial class Gateway
    {
        internal string InfoOutside { get; private set; } = "";
        internal string EventsOutside { get; private set; } = "";
        internal Callee InfoInside { get; private set; } = null!;
        internal Callee EventsInside { get; private set; } = null!;

        private void AddDigits()
        {
            InfoOutside = AddCaller("info_outside", Networks.Outside(43), ", dtmf: info");
            EventsOutside = AddCaller("events_outside", Networks.Outside(44), ", dtmf: rfc4733");
            InfoInside = AddCallee("info_inside", Networks.Inside(30), settings: ", dtmf: info");
            EventsInside = AddCallee("events_inside", Networks.Inside(31), settings: ", dtmf: rfc4733");
        }
    }

    private const string Digit = "application/dtmf-relay";

    /// <summary>Has no telephone events.</summary>
    private static Description Bare => Offer with { Payloads = "8" };

    [Fact]
    public Task Who_has_its_digits_in_info_is_offered_to_the_other_with_events() => PlayAsync(
        HungUpByCaller,
        Caller.At(Fixture.InfoOutside).Invite(Bare).Answered(Check.Field("Allow", "INFO"), Check.NoBody("RTP/AVP 8 [0-9]")).HangUp(),
        Fixture.EventsInside.Number,
        (Fixture.EventsInside, Callee.Allowing(Plain).Expect("INVITE", Check.Body("RTP/AVP 8 [0-9]+"), Check.Body("telephone-event/8000")).Accept(Reply).HungUp()));

    [Fact]
    public Task Who_has_its_digits_in_info_is_offered_none_and_the_answer_gets_them() => PlayAsync(
        HungUpByCaller,
        Caller.At(Fixture.EventsOutside).Invite(Offer).Answered(Described).HangUp(),
        Fixture.InfoInside.Number,
        (Fixture.InfoInside, Callee.Expect("INVITE", Check.NoBody("RTP/AVP 8 [0-9]"), Check.NoBody("telephone-event")).Accept(Reply with { Payloads = "8" }).HungUp()));

    /// <summary>RFC 3264 §8.4: the other side sends only.</summary>
    [Fact]
    public Task A_digit_for_a_side_that_does_not_receive_is_refused() => PlayAsync(
        HungUpByCaller,
        Caller.At(Fixture.InfoOutside).Invite(Bare).Answered(Check.Body("a=sendonly")).Request("INFO", new Body(Digit, "Signal=1\nDuration=160\n")).Expect(480, "INFO").HangUp(),
        Fixture.EventsInside.Number,
        (Fixture.EventsInside, Callee.Expect("INVITE").Accept(Reply with { Direction = "sendonly" }).HungUp()));

    [Fact]
    public Task A_digit_ends_at_the_gateway_and_other_info_crosses() => PlayAsync(
        HungUpByCaller,
        Caller.At(Fixture.InfoOutside).Invite(Bare).Answered().Request("INFO", new Body(Digit, "Signal=1\nDuration=160\n")).Expect(200, "INFO")
            .Request("INFO", new Body("text/plain", "said here\n")).Expect(415, "INFO").HangUp(),
        Fixture.EventsInside.Number,
        (Fixture.EventsInside, Callee.Expect("INVITE").Accept(Reply).Expect("INFO", Check.Body("said here")).Answer(415).HungUp()));
}
