"""The words of the shop's service desk: FAQ, searches, service pages, templates of tickets.

Everything here is invented for the course. `desk` draws from it; nothing here is random.
"""

# The nine kinds of content of a service site, and their Chinese names.
CONTENTS = {
    "product information": "产品与服务信息",
    "membership": "会员",
    "offers": "优惠与折扣",
    "surveys": "调查",
    "complaints": "投诉",
    "technical support": "技术支持与培训",
    "transactions": "交易",
    "security": "交易安全",
    "forum": "论坛",
}

# content, question and answer in Chinese, question and answer in English
FAQ = (
    (
        "product information",
        "水飞蓟茶是什么味道？",
        "味道清淡，略带坚果香，不苦。",
        "What does milk thistle tea taste like?",
        "Mild and slightly nutty, not bitter.",
    ),
    (
        "product information",
        "茶、胶囊和籽油有什么区别？",
        "茶用来冲泡，胶囊方便携带，籽油用于凉拌。",
        "How do tea, capsules and seed oil differ?",
        "Tea is for brewing, capsules are easy to carry, the oil is for salads.",
    ),
    (
        "product information",
        "水飞蓟产自哪里？",
        "全部在黑龙江自家农场种植和加工。",
        "Where does the milk thistle come from?",
        "It is grown and processed on our own farm in Heilongjiang.",
    ),
    (
        "product information",
        "产品的保质期是多久？",
        "茶和胶囊二十四个月，籽油十二个月，日期印在包装底部。",
        "How long do the products keep?",
        "Tea and capsules 24 months, oil 12 months; the date is under the package.",
    ),
    (
        "product information",
        "开封以后怎么保存？",
        "放在阴凉干燥处，籽油请放冰箱并在三个月内用完。",
        "How do I store it after opening?",
        "Cool and dry; keep the oil in the refrigerator and finish it in three months.",
    ),
    (
        "technical support",
        "茶包怎么泡？",
        "一包茶用两百毫升开水，焖五分钟。",
        "How do I brew a tea bag?",
        "One bag, 200 ml of boiling water, five minutes under a lid.",
    ),
    (
        "technical support",
        "胶囊一天吃几粒？",
        "成人每天两粒，饭后用温水送服。",
        "How many capsules a day?",
        "Adults take two a day, after a meal, with warm water.",
    ),
    (
        "technical support",
        "籽油可以炒菜吗？",
        "不建议加热，请用于凉拌。",
        "Can I fry with the seed oil?",
        "Better not: do not heat it, use it cold.",
    ),
    (
        "technical support",
        "孕妇或儿童可以喝吗？",
        "孕妇和儿童请先问医生。",
        "Is it suitable in pregnancy or for children?",
        "Please ask a doctor first.",
    ),
    (
        "technical support",
        "有没有食谱或者视频课程？",
        "会员页面有十二个食谱和三段视频。",
        "Are there recipes or video lessons?",
        "The members' page has twelve recipes and three videos.",
    ),
    (
        "security",
        "怎么辨别真伪？",
        "扫描包装上的二维码，会显示批号和农场名称。",
        "How can I tell a genuine product?",
        "Scan the code on the package; it shows the batch and the farm.",
    ),
    (
        "security",
        "有质量检测报告吗？",
        "每个批次都有检测报告，输入批号即可下载。",
        "Is there a laboratory report?",
        "Every batch has one; enter the batch number to download it.",
    ),
    (
        "security",
        "网上付款安全吗？",
        "付款由平台担保，收货确认以后我们才收到钱。",
        "Is it safe to pay on line?",
        "The platform holds the money until you confirm the parcel.",
    ),
    (
        "security",
        "你们怎么保护我的个人信息？",
        "电话和地址只用于送货，不提供给别人。",
        "How do you protect my personal data?",
        "Phone and address are used for the parcel only and given to nobody.",
    ),
    (
        "transactions",
        "有哪些付款方式？",
        "支持支付宝、微信和银行卡。",
        "Which ways of payment are there?",
        "Alipay, WeChat Pay and bank cards.",
    ),
    (
        "transactions",
        "付款失败怎么办？",
        "请等十分钟再试，没有重复扣款；仍不行请联系客服。",
        "My payment failed, what now?",
        "Wait ten minutes and try again, nothing is charged twice; then write to us.",
    ),
    (
        "transactions",
        "怎么开发票？",
        "下单时填写抬头，电子发票会发到邮箱。",
        "How do I get an invoice?",
        "Enter the name when you order; the invoice comes by e-mail.",
    ),
    (
        "transactions",
        "下单以后多久发货？",
        "一般四十八小时以内发货。",
        "How soon is an order shipped?",
        "Usually within 48 hours.",
    ),
    (
        "transactions",
        "怎么查询快递到哪里了？",
        "在我的订单里点物流，可以看到快递的位置。",
        "Where is my parcel?",
        "Open My orders and choose Track.",
    ),
    (
        "transactions",
        "运费是多少？",
        "满九十九元免运费，不满收十元。",
        "What does shipping cost?",
        "Nothing from 99 yuan, below that 10 yuan.",
    ),
    (
        "transactions",
        "可以修改收货地址吗？",
        "发货以前可以在订单里修改地址。",
        "Can I change the delivery address?",
        "Yes, in your order, until it is shipped.",
    ),
    (
        "transactions",
        "偏远地区送货吗？",
        "全国都送，新疆和西藏要多三天。",
        "Do you deliver to remote regions?",
        "Everywhere in China; Xinjiang and Tibet take three days longer.",
    ),
    (
        "transactions",
        "怎么取消订单？",
        "发货以前点取消，钱会原路退回。",
        "How do I cancel an order?",
        "Choose Cancel before it is shipped; the money goes back the way it came.",
    ),
    (
        "complaints",
        "怎么退货？",
        "签收七天以内，在订单里点申请退货。",
        "How do I return something?",
        "Within seven days choose Return in your order.",
    ),
    (
        "complaints",
        "退款几天到账？",
        "收到退货以后三个工作日到账。",
        "When do I get my refund?",
        "Three working days after the goods are back.",
    ),
    (
        "complaints",
        "收到的东西破损了怎么办？",
        "请拍照，二十四小时以内联系我们，免费补发。",
        "My parcel arrived damaged, what should I do?",
        "Take a photo and write within 24 hours; we send it again free of charge.",
    ),
    (
        "complaints",
        "怎么投诉？",
        "填写投诉表，一个工作日内由主管回复。",
        "How do I make a complaint?",
        "Use the complaint form; a manager answers within one working day.",
    ),
    (
        "offers",
        "优惠券怎么用？",
        "结账时输入券码，每单限用一张。",
        "How do I use a coupon?",
        "Enter its code at the checkout, one for each order.",
    ),
    (
        "offers",
        "买得多有折扣吗？",
        "满十盒打九折，满三十盒打八五折。",
        "Is there a discount for larger quantities?",
        "10 % from ten boxes, 15 % from thirty.",
    ),
    (
        "offers",
        "礼盒可以附贺卡吗？",
        "可以，在备注里写下祝福语，免费。",
        "Can a gift box carry a greeting card?",
        "Yes, write the words in the remark; it is free.",
    ),
    (
        "membership",
        "怎么注册会员？",
        "用手机号注册，一分钟完成。",
        "How do I become a member?",
        "Register with your phone number; it takes a minute.",
    ),
    (
        "membership",
        "会员积分有什么用？",
        "一百积分抵一元，积分两年有效。",
        "What are member points for?",
        "A hundred points are worth one yuan, for two years.",
    ),
    (
        "membership",
        "忘记密码怎么办？",
        "点找回密码，用短信验证码重设。",
        "I forgot my password, what now?",
        "Choose Reset password; a code comes by text message.",
    ),
    (
        "forum",
        "怎么在社区发帖？",
        "登录以后点发帖，可以附照片。",
        "How do I post in the community?",
        "Log in and choose New post; photos are welcome.",
    ),
    (
        "surveys",
        "怎么给新产品提建议？",
        "在建议箱写下想法，采用以后送一盒茶。",
        "How can I suggest a new product?",
        "Write it into the idea box; if we use it you get a box of tea.",
    ),
    (
        "complaints",
        "怎么找人工客服？",
        "每天九点到二十一点在线，也可以打电话。",
        "How do I reach a person of the service team?",
        "Chat or call, every day from 9 to 21 o'clock.",
    ),
)

# language, what was typed, number of the FAQ entry that answers it (0: none does), part.
# The part "seen" is for tuning the search, "unseen" for judging it.
SEARCHES = (
    ("zh", "茶好喝吗什么味", 1, "seen"),
    ("zh", "胶囊跟茶哪里不一样有区别吗", 2, "seen"),
    ("zh", "东西是哪里产的", 3, "seen"),
    ("zh", "保质期", 4, "seen"),
    ("zh", "一包茶要泡几分钟", 6, "seen"),
    ("zh", "胶囊怎么吃一次几粒", 7, "seen"),
    ("zh", "油能不能炒菜", 8, "seen"),
    ("zh", "是真的吗怎么看真伪", 11, "seen"),
    ("zh", "能用微信付款吗", 15, "seen"),
    ("zh", "要发票", 17, "seen"),
    ("zh", "我的快递到哪了", 19, "seen"),
    ("zh", "包邮吗运费多少", 20, "seen"),
    ("zh", "不想要了想退货", 24, "seen"),
    ("zh", "瓶子破损漏油", 26, "seen"),
    ("zh", "优惠券用不了", 28, "seen"),
    ("zh", "密码忘记了登录不了", 33, "seen"),
    ("zh", "转人工", 36, "seen"),
    ("zh", "能寄到国外吗", 0, "seen"),
    ("zh", "可以去农场参观吗", 0, "seen"),
    ("zh", "水飞蓟茶苦不苦，味道怎么样", 1, "unseen"),
    ("zh", "你们的水飞蓟产地在哪里", 3, "unseen"),
    ("zh", "茶可以保存多久，保质期几年", 4, "unseen"),
    ("zh", "油开封了怎么放", 5, "unseen"),
    ("zh", "请问茶包怎么冲泡", 6, "unseen"),
    ("zh", "胶囊每天吃多少粒", 7, "unseen"),
    ("zh", "怀孕能喝吗，孕妇", 9, "unseen"),
    ("zh", "有视频教吗", 10, "unseen"),
    ("zh", "想看检测报告", 12, "unseen"),
    ("zh", "在你们网上付款安不安全", 13, "unseen"),
    ("zh", "我的个人信息会不会泄露", 14, "unseen"),
    ("zh", "支付宝可以吗，付款方式", 15, "unseen"),
    ("zh", "付款一直失败", 16, "unseen"),
    ("zh", "公司报销要开发票", 17, "unseen"),
    ("zh", "下单两天了，什么时候发货", 18, "unseen"),
    ("zh", "物流查询，包裹在哪", 19, "unseen"),
    ("zh", "地址写错了，想修改地址", 21, "unseen"),
    ("zh", "新疆送不送", 22, "unseen"),
    ("zh", "订单取消不了", 23, "unseen"),
    ("zh", "怎么申请退货，茶喝不惯", 24, "unseen"),
    ("zh", "退款多少天能到账", 25, "unseen"),
    ("zh", "收到时盒子压坏破损", 26, "unseen"),
    ("zh", "我要投诉", 27, "unseen"),
    ("zh", "券码怎么输入，优惠", 28, "unseen"),
    ("zh", "一次买三十盒打几折", 29, "unseen"),
    ("zh", "送礼，可以写贺卡吗", 30, "unseen"),
    ("zh", "怎么成为会员", 31, "unseen"),
    ("zh", "积分怎么抵钱", 32, "unseen"),
    ("zh", "人工客服几点上班", 36, "unseen"),
    ("zh", "路上摔坏了，瓶子裂了", 26, "unseen"),
    ("zh", "钱什么时候退给我", 25, "unseen"),
    ("zh", "几天能到", 18, "unseen"),
    ("zh", "登录不上去", 33, "unseen"),
    ("zh", "要报销凭证", 17, "unseen"),
    ("zh", "是不是假货", 11, "unseen"),
    ("zh", "老人小孩能喝吗", 9, "unseen"),
    ("zh", "多买能便宜点吗", 29, "unseen"),
    ("zh", "用热水冲多久", 6, "unseen"),
    ("zh", "打电话找谁", 36, "unseen"),
    ("zh", "猫狗宠物可以吃吗", 0, "unseen"),
    ("zh", "有没有小样试用", 0, "unseen"),
    ("zh", "想做代理批发", 0, "unseen"),
    ("en", "taste of the tea", 1, "seen"),
    ("en", "track my parcel", 19, "seen"),
    ("en", "invoice for my company", 17, "seen"),
    ("en", "how many capsules should I take", 7, "seen"),
    ("en", "ship to Germany", 0, "seen"),
    ("en", "how long should a tea bag brew", 6, "unseen"),
    ("en", "frying with oil", 8, "unseen"),
    ("en", "is this product genuine", 11, "unseen"),
    ("en", "payment failed twice", 16, "unseen"),
    ("en", "cancel order", 23, "unseen"),
    ("en", "damaged bottle in the parcel", 26, "unseen"),
    ("en", "refund not here yet", 25, "unseen"),
    ("en", "wholesale discount for thirty boxes", 29, "unseen"),
    ("en", "forgot password", 33, "unseen"),
    ("en", "talk to a person", 36, "unseen"),
    ("en", "where do you grow milk thistle", 3, "unseen"),
    ("en", "bottle broken on the way", 26, "unseen"),
    ("en", "where is my money", 25, "unseen"),
    ("en", "cheaper if I buy more", 29, "unseen"),
    ("en", "safe for my baby", 9, "unseen"),
    ("en", "cannot log in", 33, "unseen"),
    ("en", "best before date", 4, "unseen"),
    ("en", "can dogs eat it", 0, "unseen"),
    ("en", "free samples", 0, "unseen"),
)

# content, kind, English title, Chinese title, text, date of the text, link to a person, quality.
# The quality (2 good, 1 middling, 0 poor) is planted: it drives what readers do next.
PAGES = (
    (
        "product information",
        "product",
        "Which product suits you",
        "选购指南",
        "Tea for the evening, capsules for the road, oil for salads. A table compares taste, "
        "price for a day and how long each keeps. Still unsure? Chat with Ms Lin, 9-21.",
        "2025-03-02",
        True,
        2,
    ),
    (
        "product information",
        "product",
        "About our products",
        "产品介绍",
        "Our products are of excellent quality and are loved by customers everywhere.",
        "2023-05-11",
        False,
        0,
    ),
    (
        "product information",
        "service",
        "From the field to the cup",
        "从田间到杯中",
        "Photographs of the harvest of each month and the batch they went into; visitors "
        "can put questions to the field team, who answer on Fridays.",
        "2025-04-18",
        True,
        2,
    ),
    (
        "membership",
        "product",
        "Members' club",
        "会员俱乐部",
        "Register with a phone number. A hundred points are one yuan. Your points, when they "
        "end, and what they buy are on one page.",
        "2024-11-20",
        False,
        2,
    ),
    (
        "membership",
        "product",
        "Your account",
        "我的账户",
        "Manage your account here. For problems with the password see the help section.",
        "2024-02-03",
        False,
        1,
    ),
    (
        "offers",
        "product",
        "This month's offers",
        "本月优惠",
        "Many great offers for you. Offers change; conditions apply.",
        "2024-06-10",
        False,
        0,
    ),
    (
        "offers",
        "product",
        "Discounts for larger orders",
        "批量折扣",
        "Ten boxes 10 %, thirty boxes 15 %. The calculator shows the price for your number "
        "of boxes. Above a hundred write to sales; you get an offer in a day.",
        "2025-01-15",
        True,
        2,
    ),
    (
        "surveys",
        "product",
        "Tell us your opinion",
        "意见调查",
        "Please answer our 45 questions. Thank you for your cooperation.",
        "2023-09-01",
        False,
        0,
    ),
    (
        "surveys",
        "service",
        "You said, we did",
        "您的建议，我们的行动",
        "Each month the three ideas named most often, what we did about each, and what we "
        "did not do and why. Add yours in one line.",
        "2025-06-01",
        True,
        2,
    ),
    (
        "complaints",
        "product",
        "Returns step by step",
        "退货流程",
        "1. Choose Return in your order. 2. Print the label. 3. Hand the parcel over. Your "
        "refund comes three working days later; each step shows its date.",
        "2025-02-09",
        True,
        2,
    ),
    (
        "complaints",
        "product",
        "Complaint form",
        "投诉表",
        "Fill in all 22 fields, with batch number and a scan of your identity card. Complaints "
        "that are not complete cannot be dealt with.",
        "2022-12-30",
        False,
        0,
    ),
    (
        "technical support",
        "product",
        "How to brew, how to store",
        "冲泡与保存",
        "One bag, 200 ml, five minutes. A film of one minute. Open oil goes into the "
        "refrigerator. Ask under the film; the farm's cook replies.",
        "2025-05-06",
        True,
        2,
    ),
    (
        "technical support",
        "service",
        "Course: cooking with milk thistle",
        "烹饪课程",
        "Three lessons of ten minutes, each with a list to buy. Finish all three and "
        "keep the recipes as a booklet.",
        "2024-10-01",
        False,
        1,
    ),
    (
        "technical support",
        "service",
        "Advice in the evening",
        "夜间咨询",
        "A dietician answers by video on Tuesdays and Thursdays, 19-21. Book a quarter of an "
        "hour; 30 yuan, free for members.",
        "2025-04-02",
        True,
        2,
    ),
    (
        "transactions",
        "product",
        "Where is my parcel",
        "物流查询",
        "Enter your order number. If the parcel has not moved for three days the page says "
        "so and offers to call you.",
        "2025-03-22",
        True,
        2,
    ),
    (
        "transactions",
        "product",
        "Payment and shipping",
        "付款与配送",
        "Alipay, WeChat Pay, cards. Shipping is 10 yuan, free from 99 yuan. Times may vary.",
        "2024-08-14",
        False,
        1,
    ),
    (
        "transactions",
        "product",
        "Terms of trade",
        "交易条款",
        "The following 14 pages govern the contractual relationship between the parties.",
        "2022-03-01",
        False,
        0,
    ),
    (
        "security",
        "product",
        "Check your batch",
        "批次查询",
        "Scan or type the batch number: field, date, laboratory report. If the number is "
        "unknown we call you back on the same day.",
        "2025-06-12",
        True,
        2,
    ),
    (
        "security",
        "product",
        "Data protection",
        "隐私说明",
        "We use phone and address for the parcel only. Data are kept as the law demands.",
        "2024-01-05",
        False,
        1,
    ),
    (
        "forum",
        "service",
        "Community",
        "社区",
        "Recipes and photographs of members; the farm answers open questions on Mondays. The "
        "best recipe of the month goes onto the next package.",
        "2025-06-20",
        True,
        2,
    ),
    (
        "forum",
        "service",
        "Old notice board",
        "旧留言板",
        "Last message: April 2023. Nobody has answered.",
        "2023-04-17",
        False,
        0,
    ),
)

# The four levels of need, with their Chinese names.
LEVELS = {
    1: ("know", "了解产品"),
    2: ("solve", "解决问题"),
    3: ("person", "接触人员"),
    4: ("take part", "参与全过程"),
}

# level, content: (share of tickets of the level before, during, after the sale), texts.
# {p} is the product; texts come in pairs of Chinese and English.
TICKETS = {
    (1, "product information"): (
        (1.0, 0, 0),
        (
            (
                "{p}味道怎么样？适合晚上喝吗？",
                "What does {p} taste like, is it good in the evening?",
            ),
            ("{p}和别的有什么区别？", "How does {p} differ from the others?"),
            ("{p}的保质期有多长？", "How long does {p} keep?"),
        ),
    ),
    (1, "offers"): (
        (0.6, 0, 0.1),
        (
            ("{p}最近有优惠吗？", "Is there an offer for {p} at the moment?"),
            ("买十份{p}打几折？", "What is the price for ten of {p}?"),
        ),
    ),
    (1, "membership"): (
        (0.3, 0, 0.2),
        (("会员有什么好处？", "What does membership bring me?"),),
    ),
    (1, "technical support"): (
        (0.1, 0, 0.9),
        (
            ("{p}一天用多少合适？", "How much {p} is right for a day?"),
            ("{p}开封以后怎么保存？", "How should I store {p} once it is open?"),
        ),
    ),
    (2, "transactions"): (
        (0.15, 1.6, 0),
        (
            (
                "我的订单三天没有动，快递到哪里了？",
                "My order has not moved for three days, where is it?",
            ),
            ("付款失败了，怎么办？", "My payment failed, what can I do?"),
            ("地址写错了，还能修改吗？", "I gave a wrong address, can you change it?"),
        ),
    ),
    (2, "security"): (
        (0.2, 0.4, 0.1),
        (
            ("扫码查不到批号，是正品吗？", "The code shows no batch, is it genuine?"),
            (
                "付款页面要身份证，安全吗？",
                "The payment page wants my identity card, is that safe?",
            ),
        ),
    ),
    (2, "complaints"): (
        (0, 0.1, 1.5),
        (
            ("收到的{p}破损了，要退货。", "The {p} arrived damaged, I want to return it."),
            ("{p}有怪味，请退款。", "The {p} smells odd, please refund me."),
            ("退款一周没有到账。", "My refund has not come for a week."),
        ),
    ),
    (2, "membership"): (
        (0.15, 0.1, 0.1),
        (("密码忘记了，登录不了。", "I forgot my password and cannot log in."),),
    ),
    (3, "complaints"): (
        (0, 0.2, 0.8),
        (
            (
                "我已经写了两次，请让主管打电话给我。",
                "I have written twice, please let a manager call me.",
            ),
            ("机器人答非所问，我要人工。", "The robot does not understand, I want a person."),
        ),
    ),
    (3, "product information"): (
        (0.5, 0, 0.1),
        (
            (
                "情况比较特殊，想请人当面推荐{p}。",
                "My case is special, can somebody advise me on {p}?",
            ),
            ("想和懂{p}的人谈谈。", "I would like to talk to somebody who knows {p}."),
        ),
    ),
    (3, "transactions"): (
        (0.05, 0.5, 0),
        (("订单的事说不清，请给我回电话。", "My order is hard to explain, please call me back."),),
    ),
    (4, "forum"): (
        (0.05, 0, 0.6),
        (
            (
                "我用{p}做了新食谱，想分享给大家。",
                "I made a recipe with {p} and would like to share it.",
            ),
            ("想组织一次农场参观，我来帮忙。", "I would help to organise a visit to the farm."),
        ),
    ),
    (4, "surveys"): (
        (0.1, 0.02, 0.5),
        (
            (
                "建议{p}出小包装，愿意参加试用。",
                "{p} should come in a small size; I would test it.",
            ),
            ("想参与下一款产品的口味投票。", "Let me vote on the taste of your next product."),
        ),
    ),
}

# What a customer of any level may write: the words alone do not tell the need.
VAGUE = (
    ("关于{p}，请回复。", "About {p}: please reply."),
    ("在吗？有{p}的问题。", "Hello, a question about {p}."),
    ("请看一下我的情况，谢谢。", "Please look at my case, thank you."),
)

# The page seen just before, typical of each level.
LAST_PAGES = {1: "FAQ", 2: "help", 3: "contact", 4: "community"}
FIRST_PAGES = {"before": "product", "during": "order", "after": "account"}

# Services of which the survey asks, in the manner of Kano, with the planted class of most people:
# A attractive, O one-dimensional, M must-be, I indifferent.
KANO_SERVICES = {
    "a person within ten minutes": "O",
    "parcel tracking": "M",
    "recipes from the farm": "A",
    "a vote on the next product": "A",
    "a newsletter every week": "I",
}
# The five dimensions of SERVQUAL.
DIMENSIONS = ("reliability", "assurance", "tangibles", "empathy", "responsiveness")
