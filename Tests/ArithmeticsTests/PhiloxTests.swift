import Arithmetics
import Testing

// All words are NumPy 2.4's: np.random.Philox(key=[k0, k1], counter=c).random_raw(n), which yields first the block at c + 1.
// Everything made of words was worked out from them in Python, with integers of any size.
@Suite struct PhiloxTests {
    // The second case carries every bit into every word; key and counter of the third are digits of π. These are also the
    // three inputs of the Random123 library's own known answers.
    @Test func blocksEqualNumPys() {
        let ones = UInt64.max
        #expect(
            Philox.block(key: (0, 0), counter: (0, 0, 0, 0))
                == (0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc, 0xd7e7_72ce_e186_176b, 0x7e68_b68a_ec7b_a23b))
        #expect(
            Philox.block(key: (ones, ones), counter: (ones, ones, ones, ones))
                == (0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224, 0x9cc7_d7c6_9cd7_77b6, 0xa09c_aebf_594f_0ba0))
        #expect(
            Philox.block(
                key: (0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c),
                counter: (0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89))
                == (0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6))
    }

    // key = [7, 2], counter = [0, 2, 3, 5] - 1: six words cross into the second block.
    @Test func streamsGiveTheWordsOfTheirBlocksInOrder() {
        var stream = RandomStream(seed: 7, .shuffle, 2, 3, 5)
        let words = (0..<6).map { _ in stream.word() }
        #expect(
            words == [
                0x4cc2_1902_0a82_2742, 0xc224_e1d3_e132_4ae5, 0x89bd_d1e6_a0b7_5bf0,
                0xc1c6_97d1_8e15_13ec, 0xe0b0_25b8_f369_e216, 0x9f6a_c7dd_37b9_c8fe,
            ])
    }

    @Test func boundedDrawsAreTheRecordedOnes() {
        var stream = RandomStream(seed: 1, .other)
        #expect((0..<12).map { _ in stream.bounded(10) } == [6, 8, 8, 9, 7, 6, 7, 2, 8, 2, 5, 7])
        var one = RandomStream(seed: 1, .other)
        #expect((0..<5).allSatisfy { _ in one.bounded(1) == 0 })
    }

    // n = 3·2^62 leaves a quarter of all words out, three of the first nine here: most bounds leave out next to none.
    @Test func unfairWordsAreDrawnAgain() {
        var stream = RandomStream(seed: 1, .other)
        #expect(
            (0..<6).map { _ in stream.bounded(3 << 62) } == [
                0x7811_158f_225e_c042, 0xa76f_ef0c_aa59_703a, 0x811b_ca95_6600_fc00,
                0x8c32_7737_ae90_2c21, 0x26fb_3d3b_58bf_5be6, 0xa0bf_6ff1_418c_66db,
            ])
    }

    @Test func uniformNumbersAreTheRecordedOnes() {
        var stream = RandomStream(seed: 1, .other, 9)
        #expect(
            (0..<4).map { _ in stream.uniform() } == [
                0x1.6fd1d9a9ce224p-2, 0x1.e17e0b97d667fp-1, 0x1.777ee01becd20p-3, 0x1.8396d16780af4p-2,
            ])
    }

    @Test func shufflesArePermutations() {
        var stream = RandomStream(seed: 1, .shuffle)
        #expect(stream.shuffled(12) == [6, 8, 1, 5, 4, 0, 7, 2, 9, 10, 11, 3])
        #expect(stream.shuffled(1) == [0] && stream.shuffled(0) == [])
        #expect(stream.shuffled(500).sorted() == Array(0..<500))
    }
}
