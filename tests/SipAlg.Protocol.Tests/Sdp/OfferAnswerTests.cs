using SipAlg.Protocol.Sdp;
using Event = SipAlg.Protocol.Sdp.OfferAnswerEvent;
using Fault = SipAlg.Protocol.Sdp.OfferAnswerFault;
using State = SipAlg.Protocol.Sdp.OfferAnswerState;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class OfferAnswerTests
{
    /// <summary>Rows: states; columns: offer sent, offer received, answer sent, answer received, local offer rejected, remote offer rejected.</summary>
    private static readonly object[][] Table =
    [
        [State.FirstLocalOffer, State.FirstRemoteOffer, Fault.NoOffer, Fault.AnswerIgnored, Fault.NoOffer, Fault.NoOffer],
        [Fault.MayNotOffer, Fault.Glare, Fault.NoOffer, State.Stable, State.NoSession, Fault.NoOffer],
        [Fault.MayNotOffer, Fault.OfferUnanswered, State.Stable, Fault.AnswerIgnored, Fault.NoOffer, State.NoSession],
        [State.LocalOffer, State.RemoteOffer, Fault.NoOffer, Fault.AnswerIgnored, Fault.NoOffer, Fault.NoOffer],
        [Fault.MayNotOffer, Fault.Glare, Fault.NoOffer, State.Stable, State.Stable, Fault.NoOffer],
        [Fault.MayNotOffer, Fault.OfferUnanswered, State.Stable, Fault.AnswerIgnored, Fault.NoOffer, State.Stable],
    ];

    [Fact]
    public void Every_event_in_every_state()
    {
        foreach (var state in Enum.GetValues<State>())
        {
            foreach (var happened in Enum.GetValues<Event>())
            {
                var expected = Table[(int)state][(int)happened];
                var step = expected is Fault fault ? new OfferAnswerStep(state, fault) : new OfferAnswerStep((State)expected, Fault.None);
                Assert.Equal(step, OfferAnswer.Next(state, happened));
            }
        }
    }

    [Theory]
    [InlineData(State.Stable, Event.OfferReceived, Event.AnswerSent)]
    [InlineData(State.Stable, Event.OfferSent, Event.AnswerReceived)]
    [InlineData(State.Stable, Event.OfferSent, Event.AnswerReceived, Event.OfferReceived, Event.RemoteOfferRejected)]
    [InlineData(State.Stable, Event.OfferReceived, Event.AnswerSent, Event.OfferSent, Event.LocalOfferRejected)]
    [InlineData(State.NoSession, Event.OfferSent, Event.LocalOfferRejected)]
    public void Calls_go_through(State end, params Event[] events)
    {
        var state = State.NoSession;
        foreach (var happened in events)
        {
            var step = OfferAnswer.Next(state, happened);
            Assert.Equal(Fault.None, step.Fault);
            state = step.State;
        }

        Assert.Equal(end, state);
    }
}
