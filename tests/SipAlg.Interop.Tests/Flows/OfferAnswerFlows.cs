using SipAlg.Interop.Tests.Sipp;
using SipAlg.Interop.Tests.Wire;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Offers and answers wherever RFC 6337 allows them, hold, streams that come and go, offers that are refused.</summary>
public sealed partial class FlowTests
{
    private const string Video = "m=video 6002 RTP/AVP 96\na=rtpmap:96 H264/90000\n";
    private const string NoVideo = "m=video 0 RTP/AVP 96\n";

    private static readonly Check HasVideo = Check.Body("m=video 2[0-9]{4} RTP/AVP 96");
    private static readonly Check HasNoVideo = Check.Body("m=video 0 RTP/AVP 96");

    private static Check Directed(string direction) => Check.Body($"a={direction}");

    [Fact]
    public Task An_offer_in_the_answer_is_answered_in_the_ack() => PlayAsync(
        Caller.Invite(null).Expect(200, Described).Ack(Reply).HangUp(),
        Callee.Expect("INVITE", Undescribed).Accept(Offer, "", Described).HungUp());

    [Fact]
    public Task An_offer_in_a_reliable_183_is_answered_in_the_prack()
    {
        var caller = Caller;
        caller.Invite(null, Supported).Expect(183, [Described, .. caller.Reliable()]).Prack(Reply).Expect(200, "PRACK").Answered(Undescribed).HangUp();
        return PlayAsync(
            caller, Callee.Expect("INVITE", Undescribed).AnswerReliably(183, 1, Offer).Expect("PRACK", Described).Answer(200).Accept(null).HungUp());
    }

    [Fact]
    public Task An_offer_in_a_prack_is_answered_in_its_200()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, [Described, .. caller.Reliable()])
            .Prack(Offer with { Version = 2, Direction = "inactive" }).Expect(200, "PRACK", Described, Directed("inactive")).Answered().HangUp();
        return PlayAsync(
            caller,
            Callee.Expect("INVITE").AnswerReliably(183, 1, Reply).Expect("PRACK", Described, Directed("inactive"))
                .Answer(200, Reply with { Version = 2, Direction = "inactive" }).Accept(null).HungUp());
    }

    [Fact]
    public Task The_caller_updates_the_session_while_it_rings()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, caller.Reliable()).Prack().Expect(200, "PRACK")
            .Request("UPDATE", Offer with { Version = 2, Direction = "sendonly" }).Expect(200, "UPDATE", Described, Directed("recvonly")).Answered().HangUp();
        return PlayAsync(
            caller,
            Callee.Expect("INVITE").AnswerReliably(183, 1, Reply).Expect("PRACK").Answer(200)
                .Expect("UPDATE", Described, Directed("sendonly")).Answer(200, Reply with { Version = 2, Direction = "recvonly" }).Accept(null).HungUp());
    }

    [Fact]
    public Task The_callee_updates_the_session_while_it_rings()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, caller.Reliable()).Prack().Expect(200, "PRACK")
            .Expect("UPDATE", Described, Directed("sendonly")).Answer(200, Offer with { Version = 2, Direction = "recvonly" }).Answered().HangUp();
        return PlayAsync(
            caller,
            Callee.Expect("INVITE").AnswerReliably(183, 1, Reply).Expect("PRACK").Answer(200)
                .Request("UPDATE", Reply with { Version = 2, Direction = "sendonly" }).Expect(200, "UPDATE", Described, Directed("recvonly")).Accept(null).HungUp());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task An_update_changes_the_session(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("UPDATE", Offer with { Version = 2, Direction = "sendonly" }).Expect(200, "UPDATE", Described, Directed("recvonly")),
        answers => answers.Expect("UPDATE", Described, Directed("sendonly")).Answer(200, Reply with { Version = 2, Direction = "recvonly" }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_reinvite_may_ask_for_the_offer(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(null).Expect(200, Described).Ack(Offer with { Version = 2 }),
        answers => answers.Expect("INVITE", Undescribed).Accept(Reply with { Version = 2 }, "", Described));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Hold_by_direction_and_resume(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2, Direction = "sendonly" }).Answered(Described, Directed("recvonly"))
            .Reinvite(Offer with { Version = 3 }).Answered(Described, Directed("sendrecv")),
        answers => answers.Expect("INVITE", Described, Directed("sendonly")).Accept(Reply with { Version = 2, Direction = "recvonly" })
            .Expect("INVITE", Described, Directed("sendrecv")).Accept(Reply with { Version = 3 }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Hold_by_address_crosses_as_hold(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2, Address = "0.0.0.0" }).Answered(Described).Reinvite(Offer with { Version = 3 }).Answered(Described),
        answers => answers.Expect("INVITE", Described, Check.Body("c=IN IP4 0[.]0[.]0[.]0")).Accept(Reply with { Version = 2 })
            .Expect("INVITE", Described, Check.NoBody("c=IN IP4 0[.]0[.]0[.]0")).Accept(Reply with { Version = 3 }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_stream_is_added_and_removed(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2, More = Video }).Answered(Described, HasVideo).Reinvite(Offer with { Version = 3, More = NoVideo }).Answered(Described, HasNoVideo),
        answers => answers.Expect("INVITE", Described, HasVideo).Accept(Reply with { Version = 2, More = Video })
            .Expect("INVITE", Described, HasNoVideo).Accept(Reply with { Version = 3, More = NoVideo }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_stream_that_is_added_may_be_refused(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2, More = Video }).Answered(Described, HasNoVideo),
        answers => answers.Expect("INVITE", Described, HasVideo).Accept(Reply with { Version = 2, More = NoVideo }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_491_goes_back_to_who_asked_and_a_later_try_succeeds(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(491).AckOfRefusedReinvite().Reinvite(Offer with { Version = 3 }).Answered(Described),
        answers => answers.Expect("INVITE", Described).Refuse(491, phrase: "Request Pending").Expect("INVITE", Described).Accept(Reply with { Version = 2 }));

    /// <summary>The one who is asked asks too before it answers: RFC 3261 §14.2.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Reinvites_that_cross_are_refused_both(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(491).AckOfRefusedReinvite(),
        answers => answers.Expect("INVITE", Described).Reinvite(Reply with { Version = 2 }).Expect(491).AckOfRefusedReinvite().Refuse(491));

    [Fact]
    public Task A_refused_reinvite_leaves_the_audio_as_it_was() => Scenario(async folder =>
    {
        await using var outside = new RtpEnd(TwoSides.CallerAddress);
        await using var inside = new RtpEnd(TwoSides.CalleeAddress);
        var offer = Offer with { Port = outside.Port };
        // Were the offer's port taken all the same, nobody would be heard any more.
        var caller = Caller.Invite(offer).Answered().Reinvite(offer with { Version = 2, Port = 6000, More = Video }).Expect(488, Check.Field("Warning", "304")).AckOfRefusedReinvite().HungUp();
        var callee = Callee.Expect("INVITE").Accept(Reply with { Port = inside.Port }).Expect("INVITE", HasVideo).Refuse(488, "Warning: 304 phone \"No video\"\n").HungUp();
        await using var flow = await Fixture.BeginAsync(folder, caller, callee);
        outside.PlaysTo((await flow.Calling.ReceivedAsync("SIP/2.0 200")).Audio);
        inside.PlaysTo((await flow.Answering.ReceivedAsync("INVITE")).Audio);
        await flow.Calling.ReceivedAsync("SIP/2.0 488");
        await outside.HearsAsync(inside);
        await inside.HearsAsync(outside);
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
    });

    [Fact]
    public Task A_description_in_a_multipart_body_is_rewritten_and_the_rest_crosses() => PlayAsync(
        Caller.Invite(Multipart(Offer)).Answered(Described).HangUp(),
        Callee.Expect("INVITE", Described, Check.Field("Content-Type", "multipart/mixed"), Check.Body("<list>kept</list>"), Check.NoBody("127[.][0-9]+[.]1[.]20")).Accept(Reply).HungUp());

    private static Body Multipart(Body description) => new(
        "multipart/mixed;boundary=edge",
        $"--edge\nContent-Type: {description.Type}\n\n{description.Text}\n--edge\nContent-Type: application/resource-lists+xml\nContent-Disposition: recipient-list;handling=optional\n\n<list>kept</list>\n--edge--\n");

    [Fact]
    public Task A_body_that_is_no_description_crosses_unchanged() => PlayAsync(
        Caller.Invite(new Body("text/plain", "m=audio 6000 RTP/AVP 8 is only text here\n")).Expect(200, Described).Ack(Reply).HangUp(),
        Callee.Expect("INVITE", Check.Field("Content-Type", "text/plain"), Check.Body("^m=audio 6000 RTP/AVP 8 is only text here")).Accept(Offer, "", Described).HungUp());

    [Fact]
    public Task An_answer_without_a_description_fails_the_call_with_a_warning() => PlayAsync(
        Caller.Invite(Offer).Expect(502, Check.Field("Warning", "3[0-9]{2}")).AckOfRefusal(),
        Callee.Expect("INVITE").Accept(null).HungUp(),
        "no_sdp_answer");
}
